#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/base/exit_code.hpp"
#include "runner/plan/plan.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// A file that results.h5 is made of, by the name that a sweep gives it.
struct SealedFile {
  enum class Kind : std::uint8_t { model, sae, data };
  Kind kind = Kind::model;
  std::string name;
  std::string digest;
};

// What a results.h5 says of its origin.
struct SealedInputs {
  std::string sweep;  // effective, TOML
  std::vector<SealedFile> files;
};
// None if there is no results.h5, or it can't be read. Throws FileHeld if
// another program holds it for writing.
std::optional<SealedInputs> read_sealed_inputs(
    const storage::RunDirectory& run);

// A file of a plan that is another one than results.h5 is made of, although
// both sweeps name the same place.
struct ChangedFile {
  SealedFile::Kind kind = SealedFile::Kind::model;
  std::string name;
  std::string path;
  std::string before, now;  // SHA-256
};
// Pure but for the sweep's folder. A sweep that names other files, or more of
// them, is another matter.
std::vector<ChangedFile> changed_files(const SealedInputs& sealed,
                                       const Plan& plan);

// The refusal to replace results of files that have changed since.
ProgramError refusal_of(const std::vector<ChangedFile>& changed,
                        const storage::RunDirectory& run);

// Gives results.h5, and the activations beside it, names of their own that
// nothing had: results.<when it was sealed>.h5. Returns the former's path.
// Throws StorageError.
std::string keep_results(const storage::RunDirectory& run);

}  // namespace coxswain::runner
