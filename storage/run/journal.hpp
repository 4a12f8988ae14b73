#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "storage/files/digest.hpp"
#include "storage/run/commit_content.hpp"
#include "storage/run/failure_kind.hpp"
#include "storage/run/record_file.hpp"
#include "storage/run/shard.hpp"

namespace coxswain::storage {

// What identifies a run: its name, the id made at its first start, and the
// effective sweep of this start.
struct RunIdentity {
  std::string name;
  std::string id;
  std::string sweep;  // TOML text
};

// A task that is done: durable once the journal was synced.
struct Commit {
  Key task;
  std::uint32_t worker = 0;
  std::uint32_t attempt = 0;
  double seconds = 0;       // of computing
  std::string result;       // safetensors bytes
  ShardPlace bulk;          // file empty if there is none
  std::uint64_t epoch = 0;  // of the start that wrote it; not in the record
  CommitContent content;

  // Whether nobody computed it: it was there, as another task's result or as
  // cells of several. Attempts count from 1.
  bool reused() const { return attempt == 0; }
};

// A task that was given up, or failed once.
struct Failure {
  Key task;
  std::uint32_t worker = 0;
  std::uint32_t attempt = 0;
  std::string reason;
  FailureKind kind = FailureKind::unknown;
};

// All that a run's journal says.
struct JournalState {
  RunIdentity identity;  // name empty: no journal yet
  std::string numerics;  // of the workers; empty before the first one came
  std::map<Key, Commit> commits;
  std::map<Key, Failure> quarantined;
  std::uint64_t epoch = 0;  // of the newest segment
  // Segment number and how many of its bytes count.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> accepted;
  std::uint64_t live_bytes = 0;  // of the accepted ones: records still in force
  // Segments that a later one stands for; the next start removes them.
  std::vector<std::uint64_t> superseded;
  // What was durable and is bad now: its results are computed again, and the
  // user should know. A torn end is none.
  std::vector<RecordDamage> damaged;
};

// Whether a replay keeps the results of commits: who asks what there is alone
// need not hold them all.
enum class ReplayedResults : std::uint8_t { kept, dropped };

// Reads every segment in `folder`; a missing folder is an empty journal. Throws
// StorageError for records of a newer version, never for damaged ones. Safe
// beside a coordinator that writes.
JournalState replay_journal(const std::string& folder,
                            ReplayedResults results = ReplayedResults::kept);

// When a start writes everything that is in force into its own segment and
// removes the older ones: they have more bytes than this, more than half of
// them no longer in force.
struct CompactionRule {
  std::uint64_t least_bytes = 64U << 20;
};

// What the workers compute with, a kind a line.
struct JournalNumerics {
  std::string text;
};
// A task was given to a worker.
struct JournalLease {
  Key task;
  std::uint32_t worker = 0;
  std::uint32_t attempt = 0;
};
// One attempt at a task failed; it may be tried again.
struct JournalFailure {
  Failure failure;
};
// A task was given up; an empty reason: one that it depends on was.
struct JournalQuarantine {
  Failure failure;
};
// What a journal holds record by record, history included. A Commit comes
// without its result and its content.
using JournalEntry = std::variant<RunIdentity, JournalNumerics, JournalLease,
                                  Commit, JournalFailure, JournalQuarantine>;
using VisitJournal =
    std::function<void(std::uint64_t epoch, const JournalEntry& entry)>;

// Passes over every record that counts, oldest first, and reads no results, so
// that it is quick beside a run that writes; what it visits is not verified
// as replay_journal() does.
void scan_journal(const std::string& folder, const VisitJournal& visit);

// One incarnation's segment. Everything appended counts after sync(). Not
// thread-safe; one coordinator a segment, older segments are fenced off by the
// accepted lengths in its first record.
class Journal {
 public:
  // Opens segment before.epoch + 1 in `folder`; throws RunInUse if another
  // start took that number first, or a later one.
  Journal(const std::string& folder, const JournalState& before,
          const RunIdentity& identity, const CompactionRule& rule = {});

  std::uint64_t epoch() const { return epoch_; }
  void numerics(const std::string& text);
  void leased(const Key& task, std::uint32_t worker, std::uint32_t attempt);
  void committed(const Commit& commit);
  void failed(const Failure& failure);
  void quarantined(const Failure& failure);
  // For those who look at the journal meanwhile; counts for nothing.
  void flush() { file_.flush(); }
  void sync() { file_.sync(); }

 private:
  std::uint64_t epoch_;
  RecordWriter file_;
};

}  // namespace coxswain::storage
