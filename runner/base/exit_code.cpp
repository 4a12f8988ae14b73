#include "runner/base/exit_code.hpp"

#include <filesystem>

#include "cluster/cluster_error.hpp"
#include "storage/files/fault.hpp"
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
  return ExitCode::internal;
}

}  // namespace coxswain::runner
