#include "runner/base/exit_code.hpp"

#include <filesystem>
#include <new>

#include "cluster/cluster_error.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

ExitCode code_of(const std::exception& error) {
  if (const auto* known = dynamic_cast<const ProgramError*>(&error)) {
    return known->code();
  }
  if (dynamic_cast<const cluster::ClusterError*>(&error) != nullptr) {
    return ExitCode::cluster;
  }
  if (dynamic_cast<const storage::RunInUse*>(&error) != nullptr) {
    return ExitCode::run_in_use;
  }
  if (dynamic_cast<const storage::StorageError*>(&error) != nullptr ||
      dynamic_cast<const std::filesystem::filesystem_error*>(&error) !=
          nullptr) {
    return ExitCode::storage;
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return ExitCode::memory;
  }
  return ExitCode::internal;
}

std::string sentence_of(const std::exception& error) {
  if (const auto* files =
          dynamic_cast<const std::filesystem::filesystem_error*>(&error)) {
    return storage::file_error(*files).what();
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return "out of memory: more was needed than this machine has, or the limit "
           "of the process or job allows";
  }
  return error.what();
}

ExitCode blamed(const storage::StorageError& error, ExitCode code) {
  const auto* file = dynamic_cast<const storage::FileError*>(&error);
  return file == nullptr || file->is_of_path() ? code : ExitCode::storage;
}

}  // namespace coxswain::runner
