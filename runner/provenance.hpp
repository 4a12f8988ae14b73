#pragma once

#include <chrono>
#include <string>

#include "runner/exit_code.hpp"
#include "runner/plan.hpp"
#include "storage/journal.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {

// What differs between equal runs, for run.json: one entry a start, with
// times, host, versions, and who computed each task in how many seconds.
class Provenance {
 public:
  Provenance(const storage::RunDirectory& run, std::string run_id,
             std::uint64_t epoch, int workers);
  void finish(const Plan& plan, const storage::JournalState& state) const;

 private:
  const storage::RunDirectory& run_;
  std::string run_id_;
  std::uint64_t epoch_;
  int workers_;
  std::chrono::system_clock::time_point start_;
};

// Scripts wait for this file and take the exit code from it.
void write_exit_file(const storage::RunDirectory& run, ExitCode code,
                     const std::string& sentence);

}  // namespace coxswain::runner
