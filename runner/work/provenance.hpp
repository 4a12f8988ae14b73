#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runner/base/exit_code.hpp"
#include "runner/bill/bill.hpp"
#include "runner/plan/plan.hpp"
#include "runner/status/run_call.hpp"
#include "runner/work/worker_accounts.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What differs between equal runs, for run.json: an entry a start (written when
// it begins, completed when it ends), and who computed each task when.
class Provenance {
 public:
  Provenance(const storage::RunDirectory& run,
             const storage::RunIdentity& identity, std::uint64_t epoch,
             int workers);
  // `workers`: this start's.
  void finish(const Plan& plan, const storage::JournalState& state,
              const WorkerAccounts& workers) const;

 private:
  const storage::RunDirectory& run_;
  std::uint64_t epoch_;
};

// Writes where the sweep's paths begin and how many tasks of each kind it has
// into run.json, at every start that computes, so that seal and status need no
// sweep file; and, at the first one, what its [report] names. Throws
// StorageError.
void record_plan(const storage::RunDirectory& run, const Plan& plan);

// Marks what the plan's [report] has not had at the first start of the run, or
// has changed since, as picked afterwards: numbers may have been seen by then.
// `first_start`: there is no journal yet.
void date_choices(const storage::RunDirectory& run, bool first_start,
                  Plan& plan);

// How the newest start was called, into run.json, for those who are to be told
// how to go on. Throws StorageError.
void record_call(const storage::RunDirectory& run, const RunCall& call);

// What the sweep was expected to take, into run.json. Throws StorageError.
void record_prediction(const storage::RunDirectory& run, const Bill& bill);

// Where a run's sweep was read, for those who read it again.
struct SweepPlace {
  std::string folder;  // absolute; that the sweep's paths are relative to
  std::string hub;     // absolute; the local cache that hf: sources lie in
};
// None if run.json is missing, damaged, or of a version that did not say.
std::optional<SweepPlace> sweep_place(const storage::RunDirectory& run);

// Scripts wait for this file and take the exit code from it.
void write_exit_file(const std::string& path, ExitCode code,
                     const std::string& sentence);

}  // namespace coxswain::runner
