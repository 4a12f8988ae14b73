#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "storage/files/durable_file.hpp"

namespace coxswain::runner {

// A folder of its own, gone at the end with all that is in it.
class ScopedFolder {
 public:
  explicit ScopedFolder(std::string path) : path_(std::move(path)) {
    storage::make_folders(path_);
  }
  ~ScopedFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScopedFolder(const ScopedFolder&) = delete;
  ScopedFolder& operator=(const ScopedFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace coxswain::runner
