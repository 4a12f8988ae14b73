#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::storage {

// The only place that knows file names inside a run directory.
class RunDirectory {
 public:
  explicit RunDirectory(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string journal_folder() const { return path_ + "/journal"; }
  std::string results() const { return path_ + "/results.h5"; }
  std::string provenance() const { return path_ + "/run.json"; }
  std::string exit_file() const { return path_ + "/exit.json"; }
  // What the run's starts were made of.
  std::string inputs_file() const { return path_ + "/inputs.json"; }
  std::string lock_file() const { return path_ + "/lock"; }
  std::string activations_folder() const { return path_ + "/activations"; }
  // What results() and activations_folder() become when others are to follow.
  std::string kept_results(const std::string& stamp) const {
    return path_ + "/results." + stamp + ".h5";
  }
  std::string kept_activations(const std::string& stamp) const {
    return activations_folder() + "." + stamp;
  }
  // What is there of an unfinished run, sealed.
  std::string partial() const { return path_ + "/partial.h5"; }
  // How far the run is, renewed while it is under way.
  std::string status_file() const { return path_ + "/status.json"; }
  // Whose presence asks the coordinator to drain.
  std::string stop_file() const { return path_ + "/stop"; }
  std::string tables_folder() const { return path_ + "/tables"; }
  std::string report_folder() const { return path_ + "/report"; }
  // What batch jobs of the run are made of and say.
  std::string jobs_folder() const { return path_ + "/slurm"; }
  std::string job_script() const { return jobs_folder() + "/job.sh"; }
  // Relative to the run directory.
  static std::string shard_name(std::uint64_t epoch, std::uint32_t worker);

  // Throws StorageError if the path is there and is not a run directory.
  void refuse_foreign() const;
  // Makes the folders that are missing.
  void create() const;
  // Throws StorageError if the path is no run directory.
  void require() const;
  // From any process or host that sees the directory: asks whoever works on the
  // run to drain. `who` is for people. The coordinator forgets it at its start
  // and at its end.
  void ask_to_stop(const std::string& who) const;
  bool stop_asked() const;  // cheap: to be polled
  void forget_stop() const;
  // Removes half-written files that a killed process left behind.
  void remove_leftovers() const;
  // Whoever holds the lock keeps a file that nobody sees any more.
  void remove_lock() const;

 private:
  std::string path_;
};

// Somebody else works on the run.
class RunInUse : public StorageError {
 public:
  using StorageError::StorageError;
};

// Tells a second start that the run is visibly in use. A courtesy to the user:
// flock is missing on several cluster file systems, and nothing relies on it.
class ScopedRunLock {
 public:
  // `holder` is what a second start is told. Throws RunInUse naming the holder.
  ScopedRunLock(const RunDirectory& run, std::string holder);
  ~ScopedRunLock();
  ScopedRunLock(const ScopedRunLock&) = delete;
  ScopedRunLock& operator=(const ScopedRunLock&) = delete;

  // Why the file system has no locks ("No locks available"); empty if it has.
  // Then the run is nobody's for sure until the caller has looked, and signs.
  const std::string& unavailable() const { return unavailable_; }
  // Writes who holds the run; done already where there are locks.
  void sign();

 private:
  std::string holder_;
  std::string unavailable_;
  int descriptor_ = -1;
};

// What the last holder of the run's lock called itself, whether or not it still
// has it: asking the lock could take it from a start at that moment.
std::string last_holder(const RunDirectory& run);

}  // namespace coxswain::storage
