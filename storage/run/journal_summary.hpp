#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/run/journal.hpp"

namespace coxswain::storage {

// A failed attempt, or a task that was given up, and when.
struct FailureNote {
  Failure failure;
  std::uint64_t epoch = 0;  // of the start
};

// What one start of the run did.
struct StartSummary {
  std::uint64_t epoch = 0;
  std::size_t committed = 0;
  std::size_t reused = 0;  // of these: nobody computed them
  std::size_t failed = 0;  // attempts
  std::size_t quarantined = 0;
};

// What a run's journal says, but for the results themselves.
struct JournalSummary {
  RunIdentity identity;  // name empty: no journal yet
  std::string numerics;
  std::vector<StartSummary> starts;        // oldest first
  std::map<Key, Commit> committed;         // the newest of each task, no result
  std::vector<FailureNote> failed;         // every failed attempt, in order
  std::map<Key, FailureNote> quarantined;  // and not committed since
  // Given out by the newest start and not answered yet.
  std::map<Key, JournalLease> leased;
};

// Reads no results: milliseconds for thousands of tasks, whatever their size,
// and safe beside a coordinator that writes. A missing folder is an empty
// journal. Throws StorageError for records of a newer version.
JournalSummary summarise_journal(const std::string& folder);

}  // namespace coxswain::storage
