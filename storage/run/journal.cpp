#include "storage/run/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "storage/files/bytes.hpp"
#include "storage/files/file_error.hpp"
#include "storage/run/journal_segments.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::storage {
namespace {

// On disk: never renumber.
enum Type : std::uint16_t {
  kOpened = 1,
  kNumerics = 2,
  kLeased = 3,
  kCommitted = 4,
  kFailed = 5,
  kQuarantined = 6,
};
constexpr std::uint16_t kVersion = 1;
// The opening record of a segment that stands for all older ones, and a commit
// that is said again there.
constexpr std::uint16_t kRestated = 2;

void put(ByteWriter& out, const Key& key) {
  out.number(key.high);
  out.number(key.low);
}

Key take_key(ByteReader& in) {
  Key key;
  key.high = in.number<std::uint64_t>();
  key.low = in.number<std::uint64_t>();
  return key;
}

std::string encode(const Commit& commit) {
  ByteWriter out;
  put(out, commit.task);
  out.number(commit.worker);
  out.number(commit.attempt);
  out.number(commit.seconds);
  out.text(commit.bulk.file);
  out.number(commit.bulk.record.offset);
  out.number(commit.bulk.record.length);
  out.number(commit.bulk.record.checksum);
  out.text(commit.result);
  out.text(encode(commit.content));
  return out.take();
}

// A commit but for its result, which may be left out of what was read.
Commit decode_commit_head(ByteReader& in) {
  Commit commit;
  commit.task = take_key(in);
  commit.worker = in.number<std::uint32_t>();
  commit.attempt = in.number<std::uint32_t>();
  commit.seconds = in.number<double>();
  commit.bulk.file = in.text();
  commit.bulk.record.offset = in.number<std::uint64_t>();
  commit.bulk.record.length = in.number<std::uint64_t>();
  commit.bulk.record.checksum = in.number<std::uint32_t>();
  return commit;
}

Commit decode_commit(ByteReader& in, const std::string& where) {
  Commit commit = decode_commit_head(in);
  commit.result = in.text();
  // Earlier versions end here, and pass over what follows.
  if (in.left() > 0) commit.content = decode_commit_content(in.text(), where);
  return commit;
}

std::string encode(const Failure& failure) {
  ByteWriter out;
  put(out, failure.task);
  out.number(failure.worker);
  out.number(failure.attempt);
  out.text(failure.reason);
  out.text(name_of(failure.kind));
  return out.take();
}

Failure decode_failure(ByteReader& in) {
  Failure failure;
  failure.task = take_key(in);
  failure.worker = in.number<std::uint32_t>();
  failure.attempt = in.number<std::uint32_t>();
  failure.reason = in.text();
  // Earlier versions end here, and pass over what follows.
  if (in.left() > 0) failure.kind = failure_kind_of(in.text());
  return failure;
}

std::string encode(const RunIdentity& identity, const JournalState& before) {
  ByteWriter out;
  out.text(identity.name);
  out.text(identity.id);
  out.text(identity.sweep);
  out.number<std::uint64_t>(before.accepted.size());
  for (const auto& [segment, bytes] : before.accepted) {
    out.number(segment);
    out.number(bytes);
  }
  return out.take();
}

using Accepted = std::map<std::uint64_t, std::uint64_t>;

RunIdentity decode_identity(ByteReader& in) {
  RunIdentity identity;
  identity.name = in.text();
  identity.id = in.text();
  identity.sweep = in.text();
  return identity;
}

// What an opening record says of older segments, added to `accepted`.
void decode_fences(ByteReader& in, Accepted& accepted) {
  const auto count = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto segment = in.number<std::uint64_t>();
    const auto bytes = in.number<std::uint64_t>();
    // The earliest successor decides: what a stopped coordinator wrote after
    // that was never acknowledged to anybody.
    accepted.emplace(segment, bytes);
  }
}

void check_known(const Record& record, const std::string& where) {
  const bool restates = record.type == kOpened || record.type == kCommitted;
  const std::uint16_t newest = restates ? kRestated : kVersion;
  if (record.type <= kQuarantined && record.version >= 1 &&
      record.version <= newest) {
    return;
  }
  throw StorageError(
      {where, fmt::format("record at byte {}", record.offset),
       fmt::format("type {} version {}", record.type, record.version),
       record.type <= kQuarantined
           ? fmt::format("version 1 to {}", newest)
           : fmt::format("type 1 to {}", std::uint16_t{kQuarantined}),
       "use the newer program that wrote it"});
}

std::string encode_again(const Commit& commit) {
  ByteWriter out;
  out.number(commit.epoch);
  out.raw(encode(commit));
  return out.take();
}

void apply(const Record& record, const std::string& where, std::uint64_t epoch,
           ReplayedResults results, JournalState& state) {
  check_known(record, where);
  ByteReader in(record.payload, where);
  switch (record.type) {
    case kOpened:
      state.identity = decode_identity(in);
      break;
    case kNumerics:
      state.numerics = in.text();
      break;
    case kCommitted: {
      // Said again: the start that computed it is in the record, not the one
      // whose segment this is.
      if (record.version == kRestated) epoch = in.number<std::uint64_t>();
      Commit commit = decode_commit(in, where);
      if (results == ReplayedResults::dropped) commit.result = {};
      // The newest counts: an older one was lost or it would not be here again.
      commit.epoch = epoch;
      // A task that was given up and then computed by a later start is done.
      state.quarantined.erase(commit.task);
      state.commits.insert_or_assign(commit.task, std::move(commit));
      break;
    }
    case kQuarantined: {
      Failure failure = decode_failure(in);
      state.quarantined[failure.task] = failure;
      break;
    }
    default:  // leases and single failures are history, not state
      break;
  }
}

JournalEntry entry_of(const Record& record, const std::string& where,
                      std::uint64_t epoch) {
  check_known(record, where);
  ByteReader in(record.payload, where);
  switch (record.type) {
    case kOpened:
      return decode_identity(in);
    case kNumerics:
      return JournalNumerics{std::string(in.text())};
    case kLeased: {
      JournalLease lease;
      lease.task = take_key(in);
      lease.worker = in.number<std::uint32_t>();
      lease.attempt = in.number<std::uint32_t>();
      return lease;
    }
    case kCommitted: {
      if (record.version == kRestated) epoch = in.number<std::uint64_t>();
      Commit commit = decode_commit_head(in);
      commit.epoch = epoch;
      return commit;
    }
    case kFailed:
      return JournalFailure{decode_failure(in)};
    default:
      return JournalQuarantine{decode_failure(in)};
  }
}

// What the opening records say, which are read before anything else.
struct Openings {
  Accepted accepted;
  std::uint64_t base = 0;  // the newest segment that stands for all older ones
};

Openings read_openings(const std::string& folder,
                       const std::vector<std::uint64_t>& numbers) {
  assert(std::ranges::is_sorted(numbers) && "the oldest first");
  Openings openings;
  // Every opening record is read before any other: only a later segment says
  // how much of an older one counts.
  for (const std::uint64_t number : numbers) {
    const std::string path = segment_path(folder, number);
    RecordReader reader(path, RecordFileKind::journal);
    const auto first = reader.next();
    if (!first || first->type != kOpened) continue;
    check_known(*first, path);
    if (first->version == kRestated) openings.base = number;
    ByteReader in(first->payload, path);
    decode_identity(in);
    decode_fences(in, openings.accepted);
  }
  return openings;
}

// What the records that are in force would take, said again.
std::uint64_t bytes_in_force(const JournalState& state) {
  // An estimate is enough: it only decides when a journal is worth writing
  // anew.
  constexpr std::uint64_t kFrame = 32;
  constexpr std::uint64_t kCommitFields = 84;
  constexpr std::uint64_t kFailureFields = 40;
  std::uint64_t bytes = 0;
  for (const auto& [task, commit] : state.commits) {
    bytes += kFrame + kCommitFields + commit.bulk.file.size() +
             commit.result.size() + encode(commit.content).size();
  }
  for (const auto& [task, failure] : state.quarantined) {
    bytes += kFrame + kFailureFields + failure.reason.size() +
             name_of(failure.kind).size();
  }
  return bytes;
}

JournalState replay_segments(const std::string& folder,
                             const std::vector<std::uint64_t>& numbers,
                             ReplayedResults results) {
  assert(std::ranges::is_sorted(numbers) && "the oldest first");
  JournalState state;
  const Openings openings = read_openings(folder, numbers);
  for (const std::uint64_t number : numbers) {
    if (number < openings.base) {
      state.superseded.push_back(number);
      continue;
    }
    const std::string path = segment_path(folder, number);
    const auto fence = openings.accepted.find(number);
    const std::uint64_t limit =
        fence == openings.accepted.end() ? UINT64_MAX : fence->second;
    RecordReader reader(path, RecordFileKind::journal, limit);
    while (const auto record = reader.next()) {
      apply(*record, path, number, results, state);
    }
    if (auto damage = reader.damage(number)) state.damaged.push_back(*damage);
    state.accepted.emplace_back(number, reader.valid_bytes());
    state.epoch = number;
  }
  state.live_bytes = bytes_in_force(state);
  return state;
}

// Another start may put one segment in the place of many while they are read:
// then what there was is gone, and the list has changed.
constexpr int kReplays = 5;

bool worth_compacting(const JournalState& state, const CompactionRule& rule) {
  std::uint64_t bytes = 0;
  for (const auto& [segment, valid] : state.accepted) bytes += valid;
  // Halving at least pays for writing everything again.
  return bytes > rule.least_bytes && state.live_bytes < bytes / 2;
}

// A segment under a temporary name that says all that is in force, durable.
// Returns nothing where it can't be given its name later.
std::optional<RecordWriter> restated_segment(const std::string& folder,
                                             const JournalState& before,
                                             const RunIdentity& identity) {
  const std::uint64_t epoch = before.epoch + 1;
  const std::string path = segment_path(folder, epoch);
  const ScopedTemporary temporary(temporary_name(path));
  RecordWriter file(temporary.path(), RecordFileKind::journal, epoch);
  // No fences: this segment stands for all older ones, so that none of their
  // bytes count any more.
  file.append(kOpened, kRestated, encode(identity, {}));
  if (!before.numerics.empty()) {
    ByteWriter out;
    out.text(before.numerics);
    file.append(kNumerics, kVersion, out.take());
  }
  for (const auto& [task, commit] : before.commits) {
    file.append(kCommitted, kRestated, encode_again(commit));
  }
  for (const auto& [task, failure] : before.quarantined) {
    file.append(kQuarantined, kVersion, encode(failure));
  }
  file.sync();
  // Everything is durable before the segment has its number: whoever sees the
  // number sees all of it.
  if (file.rename_exclusively(path) == Naming::done) return file;
  return std::nullopt;
}

RecordWriter plain_segment(const std::string& folder,
                           const JournalState& before,
                           const RunIdentity& identity) {
  const std::uint64_t epoch = before.epoch + 1;
  RecordWriter file(segment_path(folder, epoch), RecordFileKind::journal,
                    epoch);
  file.append(kOpened, kVersion, encode(identity, before));
  file.sync();
  // The name too: a segment that a crash takes away could be made again by
  // another start.
  sync_folder(folder);
  return file;
}

// The number is the one lock that every file system has: a name that is made
// exclusively.
[[noreturn]] void refuse_taken(const std::string& folder, std::uint64_t number,
                               const std::string& found) {
  throw RunInUse({folder, fmt::format("segment {}", number), found, "none",
                  "wait for that start or end it; its results are kept"});
}

RecordWriter make_segment(const std::string& folder, const JournalState& before,
                          const RunIdentity& identity,
                          const CompactionRule& rule) {
  std::vector<std::uint64_t> obsolete = before.superseded;
  std::optional<RecordWriter> file;
  if (worth_compacting(before, rule)) {
    if (auto restated = restated_segment(folder, before, identity)) {
      file.emplace(std::move(*restated));
      for (const auto& [segment, bytes] : before.accepted) {
        obsolete.push_back(segment);
      }
    }
  }
  if (!file) file.emplace(plain_segment(folder, before, identity));
  // The number may be free because a later start removed its segment.
  const std::uint64_t epoch = before.epoch + 1;
  if (const auto newer = newer_epoch(folder, epoch)) {
    refuse_taken(folder, epoch,
                 fmt::format("segment {} of a later start", *newer));
  }
  // Only now: until the new segment counts, the old ones are all there is.
  remove_segments(folder, obsolete);
  return std::move(*file);
}

RecordWriter open_segment(const std::string& folder, const JournalState& before,
                          const RunIdentity& identity,
                          const CompactionRule& rule) {
  try {
    return make_segment(folder, before, identity, rule);
  } catch (const FileError& error) {
    if (error.error() != EEXIST) throw;
    refuse_taken(folder, before.epoch + 1,
                 "another start took it at the same moment");
  }
}

}  // namespace

JournalState replay_journal(const std::string& folder,
                            ReplayedResults results) {
  for (int replay = 1;; ++replay) {
    const std::vector<std::uint64_t> numbers = segments_in(folder);
    try {
      return replay_segments(folder, numbers, results);
    } catch (const StorageError&) {
      // The same files as before: what is wrong is in them, not in the moment.
      if (replay == kReplays || segments_in(folder) == numbers) throw;
    }
  }
}

void scan_journal(const std::string& folder, const VisitJournal& visit) {
  constexpr std::uint64_t kHeadOfCommit = 512;  // results lie behind it
  const std::vector<std::uint64_t> numbers = segments_in(folder);
  const Openings openings = read_openings(folder, numbers);
  for (const std::uint64_t number : numbers) {
    if (number < openings.base) continue;
    const auto fence = openings.accepted.find(number);
    const std::string path = segment_path(folder, number);
    RecordReader reader(
        path, RecordFileKind::journal,
        fence == openings.accepted.end() ? UINT64_MAX : fence->second);
    while (const auto record = reader.skim(kCommitted, kHeadOfCommit)) {
      visit(number, entry_of(*record, path, number));
    }
  }
}

Journal::Journal(const std::string& folder, const JournalState& before,
                 const RunIdentity& identity, const CompactionRule& rule)
    : epoch_(before.epoch + 1),
      file_(open_segment(folder, before, identity, rule)) {}

void Journal::numerics(const std::string& text) {
  ByteWriter out;
  out.text(text);
  file_.append(kNumerics, kVersion, out.take());
}

void Journal::leased(const Key& task, std::uint32_t worker,
                     std::uint32_t attempt) {
  ByteWriter out;
  put(out, task);
  out.number(worker);
  out.number(attempt);
  file_.append(kLeased, kVersion, out.take());
}

void Journal::committed(const Commit& commit) {
  file_.append(kCommitted, kVersion, encode(commit));
}

void Journal::failed(const Failure& failure) {
  file_.append(kFailed, kVersion, encode(failure));
}

void Journal::quarantined(const Failure& failure) {
  file_.append(kQuarantined, kVersion, encode(failure));
}

}  // namespace coxswain::storage
