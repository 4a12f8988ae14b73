#include "storage/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "storage/bytes.hpp"
#include "storage/fault.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

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
  return out.take();
}

Commit decode_commit(ByteReader& in) {
  Commit commit;
  commit.task = take_key(in);
  commit.worker = in.number<std::uint32_t>();
  commit.attempt = in.number<std::uint32_t>();
  commit.seconds = in.number<double>();
  commit.bulk.file = in.text();
  commit.bulk.record.offset = in.number<std::uint64_t>();
  commit.bulk.record.length = in.number<std::uint64_t>();
  commit.bulk.record.checksum = in.number<std::uint32_t>();
  commit.result = in.text();
  return commit;
}

std::string encode(const Failure& failure) {
  ByteWriter out;
  put(out, failure.task);
  out.number(failure.worker);
  out.number(failure.attempt);
  out.text(failure.reason);
  return out.take();
}

Failure decode_failure(ByteReader& in) {
  Failure failure;
  failure.task = take_key(in);
  failure.worker = in.number<std::uint32_t>();
  failure.attempt = in.number<std::uint32_t>();
  failure.reason = in.text();
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

std::vector<std::uint64_t> segments_in(const std::string& folder) {
  std::vector<std::uint64_t> numbers;
  if (!fs::exists(folder)) return numbers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string segment_path(const std::string& folder, std::uint64_t number) {
  return (fs::path(folder) / fmt::format("{:06}", number)).string();
}

void apply(const Record& record, const std::string& where, std::uint64_t epoch,
           JournalState& state) {
  if (record.version != kVersion || record.type > kQuarantined) {
    throw StorageError(
        {where, "record at byte " + std::to_string(record.offset),
         "type " + std::to_string(record.type) + " version " +
             std::to_string(record.version),
         "what this version knows", "use the newer program that wrote it"});
  }
  ByteReader in(record.payload, where);
  switch (record.type) {
    case kOpened:
      state.identity = decode_identity(in);
      break;
    case kNumerics:
      state.numerics = in.text();
      break;
    case kCommitted: {
      Commit commit = decode_commit(in);
      // The newest counts: an older one was lost or it would not be here again.
      commit.epoch = epoch;
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

// Which segments a later one fenced off: read the first records alone, newest
// segments last.
Accepted fences(const std::string& folder,
                const std::vector<std::uint64_t>& numbers) {
  Accepted accepted;
  for (const std::uint64_t number : numbers) {
    RecordReader reader(segment_path(folder, number), RecordFileKind::journal);
    const auto first = reader.next();
    if (!first || first->type != kOpened) continue;
    ByteReader in(first->payload, segment_path(folder, number));
    decode_identity(in);
    decode_fences(in, accepted);
  }
  return accepted;
}

}  // namespace

JournalState replay_journal(const std::string& folder) {
  JournalState state;
  const std::vector<std::uint64_t> numbers = segments_in(folder);
  const Accepted accepted = fences(folder, numbers);
  for (const std::uint64_t number : numbers) {
    const auto fence = accepted.find(number);
    const std::uint64_t limit =
        fence == accepted.end() ? UINT64_MAX : fence->second;
    RecordReader reader(segment_path(folder, number), RecordFileKind::journal,
                        limit);
    while (const auto record = reader.next()) {
      apply(*record, segment_path(folder, number), number, state);
    }
    state.accepted.emplace_back(number, reader.valid_bytes());
    state.epoch = number;
  }
  return state;
}

std::optional<std::uint64_t> newer_epoch(const std::string& folder,
                                         std::uint64_t epoch) {
  const std::vector<std::uint64_t> numbers = segments_in(folder);
  if (numbers.empty() || numbers.back() <= epoch) return std::nullopt;
  return numbers.back();
}

Journal::Journal(const std::string& folder, const JournalState& before,
                 const RunIdentity& identity)
    : epoch_(before.epoch + 1),
      file_(segment_path(folder, epoch_), RecordFileKind::journal, epoch_) {
  file_.append(kOpened, kVersion, encode(identity, before));
  file_.sync();
  sync_folder(folder);
}

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
