#pragma once

#include <string>
#include <vector>

#include "jobs/sae/formats/site.hpp"

namespace coxswain::jobs {

// What the folders above an SAE say, for formats whose files say little: the
// names of its own folders (the last four, from the last) and of the
// repository, in the hub's cache or beside it.
class HubPath {
 public:
  explicit HubPath(const std::string& path);

  // Whether one of the last three folders, or the repository, has `word` in
  // its name.
  bool mentions(const std::string& word) const;
  // "org/name" in the hub's cache; outside of it the folder that is called as
  // Gemma Scope's repositories are; else empty.
  const std::string& repository() const { return repository_; }
  const std::vector<std::string>& folders() const { return folders_; }
  // The file that was named, without its ending; empty: a folder was.
  const std::string& file() const { return file_; }

 private:
  std::vector<std::string> folders_;
  std::string repository_, file_;
};

// What names say of the place that an SAE is of, and which of them say it.
struct NamedSite {
  Site site;
  std::string names;  // "folder layers.2"; empty: none says anything
};
NamedSite site_of_path(const HubPath& path);

}  // namespace coxswain::jobs
