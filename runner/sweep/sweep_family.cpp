#include "runner/sweep/sweep_family.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {
namespace {

// A piece of a template: text as it stands, or the key that fills it.
struct Piece {
  std::string text;
  bool placeholder = false;
};

// A placeholder and what it stands for in turn; numbers in decimal.
struct Axis {
  std::string key;
  std::vector<std::string> values;
  bool numbers = false;
};

class Family {
 public:
  Family(const toml::table& table, const FamilyRules& rules,
         const std::string& file)
      : table_(table), rules_(rules), reader_(table, file, rules.array) {}

  void add_members(std::vector<FamilyMember>& members) {
    source_ = pieces("source");
    name_ = pieces(rules_.name.c_str());
    add_axes(source_);
    add_axes(name_);
    refuse_other_lists();
    if (table_.contains("layer") && table_.contains("layers")) {
      reader_.fail("layers", "layer, too", "one of the two");
    }
    std::size_t n = 1;
    for (const Axis& axis : axes_) n *= axis.values.size();
    for (std::size_t i = 0; i < n; ++i) {
      if (members.size() >= kMostValues) {
        reader_.fail(
            "source", fmt::format("{} combinations", n),
            fmt::format("at most {} [[{}]] tables", kMostValues, rules_.array));
      }
      members.push_back(member(i));
    }
  }

 private:
  [[noreturn]] void refuse_braces(const char* key, const std::string& text) {
    reader_.fail(key, "\"" + text + "\"",
                 "each {placeholder} closed, and {{ or }} for a brace itself");
  }

  std::vector<Piece> pieces(const char* key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr || !node->is_string()) return {};
    const std::string& text = node->as_string()->get();
    std::vector<Piece> pieces{{}};
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool brace = text[i] == '{' || text[i] == '}';
      if (!brace || text.compare(i, 2, std::string(2, text[i])) == 0) {
        pieces.back().text += text[i];
        i += brace ? 1 : 0;
        continue;
      }
      const std::size_t end = text.find_first_of("{}", i + 1);
      if (text[i] == '}' || end == std::string::npos || text[end] == '{' ||
          end == i + 1) {
        refuse_braces(key, text);
      }
      pieces.push_back({text.substr(i + 1, end - i - 1), true});
      pieces.emplace_back();
      i = end;
    }
    return pieces;
  }

  // `layer` and `layers` are one key.
  std::string key_of(const std::string& placeholder) const {
    if (placeholder == "layer" && table_.contains("layers")) return "layers";
    return placeholder;
  }

  void add_axes(const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) {
      if (!piece.placeholder) continue;
      const auto known = std::ranges::find(axes_, piece.text, &Axis::key);
      if (known == axes_.end()) axes_.push_back(axis(piece.text));
    }
    std::size_t n = 1;
    for (const Axis& one : axes_) {
      n *= one.values.size();
      if (n > kMostValues) {
        reader_.fail("source", fmt::format("{} combinations or more", n),
                     fmt::format("at most {}", kMostValues));
      }
    }
  }

  Axis axis(const std::string& placeholder) {
    const std::string key = key_of(placeholder);
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      reader_.fail("source", "{" + placeholder + "} without a key",
                   "a key " + placeholder + " with its value or values");
    }
    Axis axis{placeholder, {}, false};
    const toml::array* array = node->as_array();
    const bool texts =
        node->is_string() ||
        (array != nullptr && !array->empty() && array->front().is_string());
    if (placeholder == "layer" && reader_.says(key.c_str(), "all")) {
      for (const int one : rules_.all_layers()) {
        axis.values.push_back(std::to_string(one));
      }
      axis.numbers = true;
    } else if (texts) {
      axis.values = reader_.some_texts(key.c_str());
      for (const std::string& one : axis.values) {
        if (one.find_first_of("{}") == std::string::npos) continue;
        reader_.fail(key.c_str(), "\"" + one + "\"", "values without braces");
      }
    } else {
      for (const int one : reader_.some_integers(key.c_str())) {
        axis.values.push_back(std::to_string(one));
      }
      axis.numbers = true;
    }
    return axis;
  }

  void refuse_other_lists() {
    for (const auto& [key, node] : table_) {
      std::string name(key.str());
      if (!node.is_array() && !node.is_table() &&
          !(name.starts_with("layer") && node.is_string())) {
        continue;
      }
      if (rules_.lists.contains(name)) continue;
      if (name == "layers") name = "layer";
      if (std::ranges::count(axes_, name, &Axis::key) > 0) continue;
      reader_.fail(std::string(key.str()).c_str(), kind_of(node),
                   "one value, or {" + name + "} in the source");
    }
  }

  std::string filled(const std::vector<Piece>& pieces,
                     const std::vector<std::size_t>& at) const {
    std::string text;
    for (const Piece& piece : pieces) {
      text += piece.placeholder ? value(piece.text, at) : piece.text;
    }
    return text;
  }

  const std::string& value(const std::string& key,
                           const std::vector<std::size_t>& at) const {
    const auto axis = std::ranges::find(axes_, key, &Axis::key);
    return axis->values[at[static_cast<std::size_t>(axis - axes_.begin())]];
  }

  // The path from the first to the last part that has a placeholder, with
  // underscores for slashes: names are names of files, too.
  std::string default_name(const std::vector<std::size_t>& at) const {
    std::string name, between, part;
    bool named = false;
    const auto end_part = [&] {
      if (named) name += between + part;
      if (named) between.clear();
      if (!name.empty() && !part.empty()) between += named ? "_" : part + "_";
      part.clear();
      named = false;
    };
    for (const Piece& piece : source_) {
      part += piece.placeholder ? value(piece.text, at) : "";
      named = named || piece.placeholder;
      for (const char c : piece.placeholder ? "" : piece.text) {
        if (c == '/') {
          end_part();
        } else {
          part += c;
        }
      }
    }
    end_part();
    std::ranges::replace(name, '/', '_');
    return name;
  }

  FamilyMember member(std::size_t number) const {
    std::vector<std::size_t> at(axes_.size());
    for (std::size_t i = axes_.size(); i-- > 0;) {
      at[i] = number % axes_[i].values.size();
      number /= axes_[i].values.size();
    }
    FamilyMember one{table_, &table_, {}};
    if (!source_.empty()) {
      one.values.insert_or_assign("source", filled(source_, at));
    }
    if (const toml::node* layers = table_.get("layers")) {
      one.values.insert_or_assign("layer", *layers);
      one.values.erase("layers");
    }
    for (const Axis& axis : axes_) {
      const std::string& text = value(axis.key, at);
      if (axis.numbers) {
        one.values.insert_or_assign(axis.key, std::stoi(text));
      } else {
        one.values.insert_or_assign(axis.key, text);
      }
      one.placeholders.insert(axis.key);
    }
    if (!name_.empty()) {
      one.values.insert_or_assign(rules_.name, filled(name_, at));
    } else if (!one.values.contains(rules_.name) && !axes_.empty()) {
      one.values.insert_or_assign(rules_.name, default_name(at));
    }
    return one;
  }

  const toml::table& table_;
  const FamilyRules& rules_;
  TableReader reader_;
  std::vector<Piece> source_, name_;
  std::vector<Axis> axes_;
};

}  // namespace

std::vector<FamilyMember> spell_out(const toml::table& document,
                                    const FamilyRules& rules,
                                    const std::string& file) {
  std::vector<FamilyMember> members;
  const toml::array* tables = document[rules.array].as_array();
  if (tables == nullptr) return members;
  for (const toml::node& one : *tables) {
    if (!one.is_table()) continue;  // which the reader refuses
    Family(*one.as_table(), rules, file).add_members(members);
  }
  return members;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '{' || c == '}') out += c;
  }
  return out;
}

}  // namespace coxswain::runner
