#include "storage/models/hub_cache.hpp"

#include <cassert>
#include <filesystem>
#include <vector>

#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/models/missing_weights.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScheme = "hf:";

// "hf:org/name@revision//path/inside" in its parts.
struct HubName {
  std::string repository;  // "org/name", or "name"
  std::string revision = "main";
  std::string inside;  // may be empty
};

[[noreturn]] void refuse(const std::string& source) {
  throw StorageError({source, "", "no name on the hub",
                      "hf:org/name, hf:org/name@revision or "
                      "hf:org/name//path/inside",
                      ""});
}

// A part of a name that can't leave its folder.
bool is_safe(const std::string& part) {
  return !part.empty() && part[0] != '.' &&
         part.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyz"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789._-") == std::string::npos;
}

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (;;) {
    const std::size_t slash = path.find('/', at);
    parts.push_back(path.substr(at, slash - at));
    if (slash == std::string::npos) return parts;
    at = slash + 1;
  }
}

HubName parse(const std::string& source) {
  assert(is_hub_source(source));
  HubName name;
  name.repository = source.substr(std::string(kScheme).size());
  const std::size_t inside = name.repository.find("//");
  if (inside != std::string::npos) {
    name.inside = name.repository.substr(inside + 2);
    name.repository.resize(inside);
    if (name.inside.empty()) refuse(source);
  }
  const std::size_t revision = name.repository.find('@');
  if (revision != std::string::npos) {
    name.revision = name.repository.substr(revision + 1);
    name.repository.resize(revision);
  }
  const auto repository = parts_of(name.repository);
  std::vector<std::string> all = repository;
  for (const auto& part : parts_of(name.revision)) all.push_back(part);
  if (!name.inside.empty()) {
    for (const auto& part : parts_of(name.inside)) all.push_back(part);
  }
  for (const std::string& part : all) {
    if (!is_safe(part)) refuse(source);
  }
  if (repository.size() > 2) refuse(source);
  return name;
}

// The commit that a revision means, or the revision itself.
std::string commit_of(const fs::path& folder, const std::string& revision) {
  const fs::path ref = folder / "refs" / revision;
  if (!fs::is_regular_file(ref)) return revision;
  std::string commit = read_text(ref.string(), 1000);
  commit.erase(commit.find_last_not_of(" \n\r\t") + 1);
  return commit;
}

}  // namespace

bool is_hub_source(const std::string& source) {
  return source.starts_with(kScheme);
}

std::string find_in_hub(const std::string& hub, const std::string& source) {
  const HubName name = parse(source);
  std::string folder_name = "models";
  for (const std::string& part : parts_of(name.repository)) {
    folder_name += "--" + part;
  }
  const fs::path folder = fs::path(hub) / folder_name;
  const std::string commit = commit_of(folder, name.revision);
  fs::path snapshot = folder / "snapshots" / commit;
  // The file refs/<revision> is a stranger's, too: what stands in it must not
  // lead out of the cache.
  if (!is_safe(commit) || !fs::is_directory(snapshot)) {
    throw StorageError({source, "", "not in the cache " + folder.string(),
                        "a snapshot of " + name.revision,
                        "fetch it there (huggingface-cli download " +
                            name.repository + "), or set HF_HOME"});
  }
  if (!name.inside.empty()) snapshot /= name.inside;
  if (!is_named(snapshot)) {
    throw StorageError({source, name.inside, "not in the snapshot " + commit,
                        "a path inside it", "fetch it as well"});
  }
  return snapshot.string();
}

}  // namespace coxswain::storage
