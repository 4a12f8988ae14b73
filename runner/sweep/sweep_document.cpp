#include "runner/sweep/sweep_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/table_reader.hpp"
#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/models/hub_cache.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostDeep = 8;
constexpr int kMostIncluded = 64;

[[noreturn]] void refuse(const std::string& place, const std::string& found,
                         const std::string& expected) {
  throw ProgramError(ExitCode::bad_sweep,
                     storage::Fault{place, "include", found, expected, ""});
}

toml::table parsed(const std::string& text, const std::string& name) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw ProgramError(ExitCode::bad_sweep,
                       name + ":" + std::to_string(error.source().begin.line) +
                           ": " + std::string(error.description()));
  }
}

// In place, so that errors still name the lines.
void move_path(toml::table& table, const char* key, const fs::path& folder) {
  toml::node* node = table.get(key);
  if (node == nullptr || !node->is_string()) return;
  std::string& path = node->as_string()->get();
  if (path.empty() || storage::is_hub_source(path) ||
      fs::path(path).is_absolute()) {
    return;
  }
  path = (folder / path).lexically_normal().string();
}

// Paths in an included file, as the including one would write them.
void move_paths(toml::table& table, const fs::path& folder) {
  if (folder.empty()) return;
  for (const char* key : {"model", "data", "sae", "vector_file"}) {
    toml::array* array = table[key].as_array();
    if (array == nullptr) continue;
    for (toml::node& one : *array) {
      if (one.is_table()) move_path(*one.as_table(), "source", folder);
    }
  }
  if (toml::table* vector = table["vector"].as_table()) {
    move_path(*vector, "from", folder);
  }
}

// Reads a file and what it includes, knowing what includes it.
class Including {
 public:
  toml::table document(const std::string& text, const std::string& name,
                       const std::string& folder) {
    toml::table own = parsed(text, name);
    const toml::node* list = own.get("include");
    if (list == nullptr) return own;
    toml::table all;
    for (const std::string& path : paths(*list, name)) {
      merge_tables(all, included(path, folder, place_of(*list, name)));
    }
    own.erase("include");
    merge_tables(all, std::move(own));
    return all;
  }

  // The outermost file, if there is one, can't be included again.
  void begin(const std::string& path) { stack_.push_back(identity(path)); }

 private:
  static fs::path identity(const std::string& path) {
    std::error_code ignored;
    fs::path found = fs::weakly_canonical(path, ignored);
    return ignored ? fs::path(path) : found;
  }

  static std::vector<std::string> paths(const toml::node& node,
                                        const std::string& name) {
    const std::string expected = "an array of paths, as [\"base.toml\"]";
    const toml::array* list = node.as_array();
    if (list == nullptr) refuse(place_of(node, name), kind_of(node), expected);
    std::vector<std::string> paths;
    for (const toml::node& one : *list) {
      if (!one.is_string()) refuse(place_of(one, name), kind_of(one), expected);
      paths.push_back(one.value_or(std::string()));
    }
    return paths;
  }

  toml::table included(const std::string& path, const std::string& folder,
                       const std::string& from) {
    const std::string full = fs::path(path).is_absolute()
                                 ? path
                                 : (fs::path(folder) / path).string();
    const fs::path one = identity(full);
    if (std::ranges::count(stack_, one) > 0) {
      refuse(from, path + ", which includes this file",
             "files that don't include each other");
    }
    if (stack_.size() > kMostDeep || ++n_ > kMostIncluded) {
      refuse(from, path,
             fmt::format("at most {} files within each other, {} altogether",
                         kMostDeep, kMostIncluded));
    }
    stack_.push_back(one);
    const std::string text =
        blame(ExitCode::bad_sweep, [&] { return storage::read_text(full); });
    toml::table table =
        document(text, full, fs::path(full).parent_path().string());
    stack_.pop_back();
    move_paths(table, fs::path(path).parent_path());
    return table;
  }

  std::vector<fs::path> stack_;
  int n_ = 0;
};

const std::string* name_of_table(const toml::node& node,
                                 const std::string& key) {
  const toml::table* table = node.as_table();
  const toml::node* name = table == nullptr ? nullptr : table->get(key);
  return name == nullptr || !name->is_string() ? nullptr
                                               : &name->as_string()->get();
}

void merge_arrays(toml::array& base, toml::array&& over,
                  const std::string& key) {
  for (toml::node& one : over) {
    const std::string* name = name_of_table(one, key);
    const auto same = std::ranges::find_if(base, [&](const toml::node& other) {
      const std::string* its = name_of_table(other, key);
      return name != nullptr && its != nullptr && *its == *name;
    });
    if (same != base.end()) {
      merge_tables(*same->as_table(), std::move(*one.as_table()));
    } else {
      base.push_back(std::move(one));
    }
  }
}

}  // namespace

std::string naming_key(std::string_view key) {
  if (key == "data") return "behaviour";
  if (key == "vector_file") return "name";
  return key == "model" || key == "sae" ? "id" : "";
}

void merge_tables(toml::table& base, toml::table&& over) {
  for (auto&& [key, node] : over) {
    toml::node* old = base.get(key);
    if (old != nullptr && old->is_table() && node.is_table() &&
        !node.as_table()->is_inline()) {
      merge_tables(*old->as_table(), std::move(*node.as_table()));
    } else if (old != nullptr && old->is_array_of_tables() &&
               node.is_array_of_tables()) {
      merge_arrays(*old->as_array(), std::move(*node.as_array()),
                   naming_key(key.str()));
    } else {
      base.insert_or_assign(key, std::move(node));
    }
  }
}

toml::table parse_document(const std::string& text, const std::string& name,
                           const std::string& folder) {
  Including including;
  including.begin(name);
  return including.document(text, name, folder);
}

}  // namespace coxswain::runner
