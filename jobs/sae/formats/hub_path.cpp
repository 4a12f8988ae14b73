#include "jobs/sae/formats/hub_path.hpp"

#include <algorithm>
#include <filesystem>

namespace coxswain::jobs {
namespace {

constexpr std::size_t kOwnFolders = 4;  // layer_12 and what lies in it
constexpr std::size_t kMentioning = 3;
constexpr const char* kCached = "models--";

// A local copy of one of Gemma Scope's repositories.
bool is_repository(const std::string& folder) {
  return folder.starts_with("gemma-scope");
}

// Takes of what a name says the halves that are not known yet.
void add(const Site& said, const std::string& kind_of_name,
         const std::string& name, NamedSite& found) {
  bool added = false;
  if (found.site.kind == SiteKind::unknown && said.kind != SiteKind::unknown) {
    found.site.kind = said.kind;
    added = true;
  }
  if (found.site.layer < 0 && said.layer >= 0 &&
      said.kind != SiteKind::embedding) {
    found.site.layer = said.layer;
    added = true;
  }
  if (!added) return;
  found.names += (found.names.empty() ? "" : ", ") + kind_of_name + " " + name;
}

}  // namespace

HubPath::HubPath(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto& part : std::filesystem::absolute(path).lexically_normal()) {
    if (!part.empty() && part != "/") parts.push_back(part.string());
  }
  if (!parts.empty() && std::filesystem::is_regular_file(path)) {
    file_ = std::filesystem::path(parts.back()).stem().string();
    parts.pop_back();
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->starts_with(kCached)) {
      repository_ = part->substr(std::string(kCached).size());
      const std::size_t cut = repository_.find("--");
      if (cut != std::string::npos) repository_.replace(cut, 2, "/");
      break;
    }
    if (folders_.size() < kOwnFolders) folders_.push_back(*part);
    if (repository_.empty() && is_repository(*part)) repository_ = *part;
  }
}

bool HubPath::mentions(const std::string& word) const {
  const auto end = folders_.begin() + static_cast<std::ptrdiff_t>(std::min(
                                          kMentioning, folders_.size()));
  return repository_.find(word) != std::string::npos ||
         std::any_of(folders_.begin(), end, [&](const std::string& folder) {
           return folder.find(word) != std::string::npos;
         });
}

NamedSite site_of_path(const HubPath& path) {
  NamedSite found;
  if (!path.file().empty()) {
    add(site_of_folder(path.file(), true), "file", path.file(), found);
    // OpenAI's are called by the block alone.
    if (path.file().find_first_not_of("0123456789") == std::string::npos &&
        !path.folders().empty() && path.folders()[0] == "autoencoders") {
      add(site_named("layer " + path.file()), "file", path.file(), found);
    }
  }
  for (const std::string& folder : path.folders()) {
    add(site_of_folder(folder), "folder", folder, found);
  }
  const std::string& repository = path.repository();
  add(site_of_repository(repository), "repository", repository, found);
  return found;
}

}  // namespace coxswain::jobs
