#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace coxswain::runner {

// What the program returns; runner/README.md lists them for scripts. Never
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
};

// An error that ends the program with a code of its own.
class ProgramError : public std::runtime_error {
 public:
  ProgramError(ExitCode code, const std::string& sentence)
      : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

// What an error ends the program with: ProgramError its own code, errors of
// files and of messages theirs, anything else is a bug.
ExitCode code_of(const std::exception& error);

// Runs `work`; whatever it throws ends the program with `code`.
template <class Work>
auto blame(ExitCode code, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const ProgramError&) {
    throw;
  } catch (const std::exception& error) {
    throw ProgramError(code, error.what());
  }
}

}  // namespace coxswain::runner
