#include "storage/run/journal.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>

#include "storage/files/bytes.hpp"
#include "storage/files/digest.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/record_file.hpp"
#include "storage/run/run_directory.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_commits.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using coxswain::tests::toy_commit;

namespace {

struct Folder {
  tests::Scratch scratch;
  std::string path = scratch.file("journal");
  Folder() { std::filesystem::create_directory(path); }
  JournalState replay() const { return replay_journal(path); }
};

const RunIdentity kIdentity{"toy", "id1", "name = \"toy\"\n"};

}  // namespace

TEST_CASE("what was committed is there after a restart", "[storage][journal]") {
  const Folder folder;
  {
    Journal journal(folder.path, folder.replay(), kIdentity);
    journal.numerics("cpu");
    journal.leased(key_of("t1"), 1, 1);
    journal.committed(toy_commit("t1", "result"));
    journal.quarantined({key_of("t2"), 1, 3, "out of memory"});
    journal.sync();
  }
  const JournalState state = folder.replay();
  CHECK(state.identity.name == "toy");
  CHECK(state.identity.sweep == kIdentity.sweep);
  CHECK(state.numerics == "cpu");
  REQUIRE(state.commits.size() == 1);
  const Commit& found = state.commits.begin()->second;
  CHECK(found.result == "result");
  CHECK(found.bulk.file == "shards/t1");
  CHECK(found.bulk.record.checksum == 99);
  CHECK(found.seconds == 0.5);
  CHECK(state.quarantined.at(key_of("t2")).reason == "out of memory");
  CHECK(state.epoch == 1);
}

TEST_CASE("a failure keeps its kind, and one of before has none",
          "[storage][journal]") {
  const Folder folder;
  {
    Journal journal(folder.path, folder.replay(), kIdentity);
    for (const FailureKind kind :
         {FailureKind::unknown, FailureKind::input, FailureKind::numbers,
          FailureKind::memory, FailureKind::device, FailureKind::files,
          FailureKind::lost}) {
      journal.quarantined(
          {key_of(std::string(name_of(kind))), 1, 3, "why", kind});
    }
    journal.sync();
  }
  JournalState state = folder.replay();
  CHECK(state.quarantined.size() == 7);
  for (const auto& [task, failure] : state.quarantined) {
    CHECK(task == key_of(std::string(name_of(failure.kind))));
  }
  // As earlier versions wrote it: key, worker, attempt, reason.
  {
    RecordWriter file(folder.path + "/000002", RecordFileKind::journal, 2);
    for (const char* kind : {"", "a kind of a later version"}) {
      ByteWriter out;
      const Key key = key_of(kind);
      out.number(key.high);
      out.number(key.low);
      out.number<std::uint32_t>(1);
      out.number<std::uint32_t>(3);
      out.text("out of memory");
      if (*kind != 0) out.text(kind);
      file.append(6, 1, out.take());
    }
    file.sync();
  }
  state = folder.replay();
  CHECK(state.quarantined.size() == 9);
  CHECK(state.quarantined.at(key_of("")).kind == FailureKind::unknown);
  CHECK(state.quarantined.at(key_of("")).reason == "out of memory");
  CHECK(state.quarantined.at(key_of("a kind of a later version")).kind ==
        FailureKind::unknown);
}

TEST_CASE("two starts at the same moment are told apart by the segment",
          "[storage][journal]") {
  const Folder folder;
  const JournalState before = folder.replay();
  const Journal first(folder.path, before, kIdentity);
  CHECK_THROWS_AS(Journal(folder.path, before, kIdentity), RunInUse);
  CHECK_THROWS_WITH(Journal(folder.path, before, kIdentity),
                    Catch::Contains("segment 1: another start took it"));
}

TEST_CASE("a missing folder is an empty journal", "[storage][journal]") {
  const tests::Scratch scratch;
  const JournalState state = replay_journal(scratch.file("none"));
  CHECK(state.identity.name.empty());
  CHECK(state.epoch == 0);
}

TEST_CASE("an older coordinator can add nothing once a newer one started",
          "[storage][journal]") {
  const Folder folder;
  Journal old_one(folder.path, folder.replay(), kIdentity);
  old_one.committed(toy_commit("t1", "before"));
  old_one.sync();
  Journal new_one(folder.path, folder.replay(), kIdentity);
  CHECK(new_one.epoch() == 2);
  // The old one wakes up and goes on.
  old_one.committed(toy_commit("t2", "after"));
  old_one.sync();
  new_one.committed(toy_commit("t3", "new"));
  new_one.sync();
  for (int start = 0; start < 2; ++start) {
    const JournalState state = folder.replay();
    CHECK(state.commits.contains(key_of("t1")));
    CHECK_FALSE(state.commits.contains(key_of("t2")));
    CHECK(state.commits.contains(key_of("t3")));
    const Journal third(folder.path, state, kIdentity);
  }
}

TEST_CASE("two starts cannot take the same segment", "[storage][journal]") {
  const Folder folder;
  const JournalState state = folder.replay();
  const Journal first(folder.path, state, kIdentity);
  CHECK_THROWS_AS(Journal(folder.path, state, kIdentity), StorageError);
}

TEST_CASE("a journal cut at any byte keeps the commits before the cut",
          "[storage][journal]") {
  const Folder folder;
  std::vector<std::uintmax_t> sizes;
  const std::string segment = folder.path + "/000001";
  {
    Journal journal(folder.path, folder.replay(), kIdentity);
    for (int i = 0; i < 4; ++i) {
      journal.committed(toy_commit("t" + std::to_string(i), "r"));
      journal.sync();
      sizes.push_back(std::filesystem::file_size(segment));
    }
  }
  const std::string bytes = tests::read_file(segment);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    tests::write_file(segment, bytes.substr(0, cut));
    std::size_t whole = 0;
    for (const auto size : sizes) whole += size <= cut ? 1 : 0;
    REQUIRE(folder.replay().commits.size() == whole);
  }
}

TEST_CASE("a quarantined task that succeeds later is done",
          "[storage][journal]") {
  const Folder folder;
  {
    Journal journal(folder.path, folder.replay(), kIdentity);
    journal.quarantined({key_of("t"), 1, 3, "flaky"});
    journal.committed(toy_commit("t", "fine"));
    journal.sync();
  }
  CHECK(folder.replay().quarantined.empty());
  CHECK(folder.replay().commits.size() == 1);
}

namespace {

// Several starts, each commit durable before the next one; the last segment is
// as long as the damage that is tried on it.
struct LongJournal {
  static constexpr std::size_t kTail = 4096;
  Folder folder;
  std::vector<std::string> tasks;  // in the order of their commits
  std::vector<std::size_t> ends;   // of those in the last segment
  std::string last = folder.path + "/000004";

  LongJournal() {
    for (int start = 0; start < 4; ++start) {
      Journal journal(folder.path, folder.replay(), kIdentity);
      for (int i = 0; i < (start == 3 ? 28 : 4); ++i) {
        tasks.push_back("t" + std::to_string(tasks.size()));
        journal.leased(key_of(tasks.back()), 1, 1);
        Commit commit = toy_commit(tasks.back(), "r" + tasks.back());
        commit.content.failed_cells = ~std::uint64_t{0};
        journal.committed(commit);
        journal.sync();
        if (start == 3) ends.push_back(std::filesystem::file_size(last));
      }
    }
  }

  // How many commits lie before a byte of the last segment.
  std::size_t whole_before(std::size_t byte) const {
    std::size_t n = tasks.size() - ends.size();
    for (const std::size_t end : ends) n += end <= byte ? 1 : 0;
    return n;
  }

  // The journal with these bytes at its end has the first `n` commits, each as
  // it was.
  JournalState check(const std::string& bytes, std::size_t n) const {
    tests::write_file(last, bytes);
    const JournalState state = folder.replay();
    REQUIRE(state.commits.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
      const Commit& commit = state.commits.at(key_of(tasks[i]));
      const Commit written = toy_commit(tasks[i], "r" + tasks[i]);
      REQUIRE(commit.result == written.result);
      REQUIRE(commit.bulk.file == written.bulk.file);
      REQUIRE(commit.bulk.record.checksum == written.bulk.record.checksum);
    }
    return state;
  }

  void check_new_start() const {
    const JournalState state = folder.replay();
    {
      Journal next(folder.path, state, kIdentity);
      next.committed(toy_commit("next", "n"));
      next.sync();
    }
    const JournalState now = folder.replay();
    REQUIRE(now.commits.size() == state.commits.size() + 1);
    REQUIRE(now.damaged.empty());  // said once, to that start
    std::filesystem::remove(folder.path + "/000005");
  }
};

}  // namespace

TEST_CASE(
    "a journal damaged at any byte of its end has a prefix of its commits",
    "[storage][journal]") {
  const LongJournal journal;
  const std::string bytes = tests::read_file(journal.last);
  REQUIRE(bytes.size() > LongJournal::kTail);
  for (std::size_t at = bytes.size() - LongJournal::kTail; at < bytes.size();
       ++at) {
    const std::size_t whole = journal.whole_before(at);
    const bool starts = at % 101 == 0;
    REQUIRE(journal.check(bytes.substr(0, at), whole).damaged.empty());
    if (starts) journal.check_new_start();

    std::string zeroed = bytes;
    std::fill(zeroed.begin() + std::ptrdiff_t(at), zeroed.end(), '\0');
    // The last byte of a record is no zero: each cut tells.
    REQUIRE(journal.check(zeroed, whole).damaged.empty());
    if (starts) journal.check_new_start();

    std::string garbled = bytes;
    garbled[at] = static_cast<char>(~garbled[at]);
    const auto damaged = journal.check(garbled, whole).damaged;
    // Whatever was durable before a later record was written is missed.
    const std::size_t last_durable = journal.ends[journal.ends.size() - 2];
    REQUIRE(damaged.size() == (at < last_durable ? 1 : 0));
    if (starts) journal.check_new_start();
  }
}

TEST_CASE("pages of a tail that reached the disk out of order are no damage",
          "[storage][journal]") {
  const Folder folder;
  const std::string segment = folder.path + "/000001";
  std::size_t durable = 0;
  {
    Journal journal(folder.path, folder.replay(), kIdentity);
    journal.committed(toy_commit("t1", "r"));
    journal.sync();
    durable = std::filesystem::file_size(segment);
    for (int i = 2; i < 12; ++i) {
      journal.committed(toy_commit("t" + std::to_string(i), "r"));
    }
  }
  std::string bytes = tests::read_file(segment);
  std::fill_n(bytes.begin() + std::ptrdiff_t(durable), 300, '\0');
  tests::write_file(segment, bytes);
  const JournalState state = folder.replay();
  CHECK(state.commits.size() == 1);
  CHECK(state.damaged.empty());
}

TEST_CASE("damage in the middle of a segment is told with its place",
          "[storage][journal]") {
  const LongJournal journal;
  std::string bytes = tests::read_file(journal.last);
  bytes[journal.ends[3] + 40] ^= 0x01;
  const JournalState state =
      journal.check(bytes, journal.whole_before(journal.ends[3]));
  REQUIRE(state.damaged.size() == 1);
  CHECK(state.damaged[0].file == journal.last);
  CHECK(state.damaged[0].offset == journal.ends[3]);
  CHECK(state.damaged[0].following == bytes.size() - journal.ends[3]);
}

TEST_CASE("a good record of a newer type or version is refused",
          "[storage][journal]") {
  const Folder folder;
  const std::string segment = folder.path + "/000001";
  const auto write = [&](std::uint16_t type, std::uint16_t version) {
    std::filesystem::remove(segment);
    RecordWriter file(segment, RecordFileKind::journal, 1);
    file.append(type, version, std::string(100, '\0'));
  };
  write(7, 1);
  CHECK_THROWS_WITH(folder.replay(),
                    Catch::Contains(segment + ": record at byte 32: type "
                                              "7 version 1, expected type 1 to "
                                              "6; use the newer program"));
  write(4, 3);
  CHECK_THROWS_WITH(folder.replay(),
                    Catch::Contains("type 4 version 3, expected version 1 to "
                                    "2"));
  write(1, 3);
  CHECK_THROWS_WITH(folder.replay(), Catch::Contains("type 1 version 3"));
  std::string bytes = tests::read_file(segment);
  bytes.back() = 'x';
  tests::write_file(segment, bytes);
  CHECK(folder.replay().identity.name.empty());
}
