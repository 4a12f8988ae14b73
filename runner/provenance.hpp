#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "runner/exit_code.hpp"
#include "runner/plan.hpp"
#include "storage/journal.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {

// What differs between equal runs, for run.json: an entry a start (written when
// it begins, completed when it ends), and who computed each task when.
class Provenance {
 public:
  Provenance(const storage::RunDirectory& run,
             const storage::RunIdentity& identity, std::uint64_t epoch,
             int workers);
  // `hosts` of this start's workers.
  void finish(const Plan& plan, const storage::JournalState& state,
              const std::map<int, std::string>& hosts) const;

 private:
  const storage::RunDirectory& run_;
  std::uint64_t epoch_;
};

// Scripts wait for this file and take the exit code from it.
void write_exit_file(const storage::RunDirectory& run, ExitCode code,
                     const std::string& sentence);

}  // namespace coxswain::runner
