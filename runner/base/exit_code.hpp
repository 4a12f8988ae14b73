#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include "jobs/task/job_error.hpp"
#include "storage/files/file_error.hpp"

namespace coxswain::runner {

// What the program returns; README.md here lists them for scripts. Never
// renumber.
enum class ExitCode : int {
  done = 0,
  internal = 1,
  usage = 2,
  quarantined = 3,
  bad_sweep = 4,
  bad_model = 5,
  bad_sae = 6,
  bad_data = 7,
  foreign_run = 8,
  run_in_use = 9,
  storage = 10,
  cluster = 11,
  drained = 12,
  out_of_time = 13,
  memory = 14,
};

// An error that ends the program with a code of its own.
class ProgramError : public std::runtime_error {
 public:
  ProgramError(ExitCode code, storage::Fault fault)
      : std::runtime_error(storage::sentence(fault)),
        code_(code),
        fault_(std::move(fault)) {}
  // An error of what is in no file: a whole sentence.
  ProgramError(ExitCode code, const std::string& sentence)
      : ProgramError(code, storage::Fault{"", "", sentence, "", ""}) {}
  ExitCode code() const { return code_; }
  const storage::Fault& fault() const { return fault_; }

 private:
  ExitCode code_;
  storage::Fault fault_;
};

// What an error ends the program with: ProgramError its own code, errors of
// files, of messages and of memory theirs, anything else is a bug.
ExitCode code_of(const std::exception& error);

// What an error says, as a sentence for people.
std::string sentence_of(const std::exception& error);

// `code`, but for a file system that fails: that is nobody's input.
ExitCode blamed(const storage::StorageError& error, ExitCode code);

// Runs `work`; what a file, a model or an SAE is refused for ends the program
// with `code`. A ProgramError keeps its own, and whatever is nobody's word on
// an input (an index out of range, no memory) passes.
template <class Work>
auto blame(ExitCode code, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const storage::StorageError& error) {
    throw ProgramError(blamed(error, code), error.fault());
  } catch (const jobs::JobError& error) {
    throw ProgramError(code, error.fault());
  } catch (const std::filesystem::filesystem_error& error) {
    const storage::FileError file = storage::file_error(error);
    throw ProgramError(blamed(file, code), file.fault());
  }
}

}  // namespace coxswain::runner
