#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/fault.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/journal_segments.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_commits.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace fs = std::filesystem;

namespace {

const RunIdentity kIdentity{"toy", "id1", "name = \"toy\"\n"};
const CompactionRule kAlways{0};
const CompactionRule kNever{UINT64_MAX};

// All that a journal says, but for which segments it says it in.
std::string told(const JournalState& state) {
  std::string text = state.identity.name + "/" + state.identity.id + "/" +
                     state.numerics + "\n";
  for (const auto& [task, commit] : state.commits) {
    text += hex(task) + " " + commit.result + " " + commit.bulk.file + " " +
            std::to_string(commit.bulk.record.checksum) + " start " +
            std::to_string(commit.epoch) + " by " +
            std::to_string(commit.worker) + "/" +
            std::to_string(commit.attempt) + "\n";
  }
  for (const auto& [task, failure] : state.quarantined) {
    text += hex(task) + " given up: " + failure.reason + "\n";
  }
  return text;
}

struct Folder {
  tests::Scratch scratch;
  std::string path = scratch.file("journal");
  Folder() { fs::create_directory(path); }
  JournalState replay() const { return replay_journal(path); }
  std::vector<std::uint64_t> segments() const { return segments_in(path); }
};

// Three starts that commit the same tasks again and again.
void fill(const Folder& folder) {
  for (int start = 0; start < 3; ++start) {
    Journal journal(folder.path, folder.replay(), kIdentity, kNever);
    journal.numerics("cpu");
    for (int i = 0; i < 20; ++i) {
      journal.leased(key_of("t" + std::to_string(i % 5)), 1, 1);
      journal.committed(
          tests::toy_commit("t" + std::to_string(i % (5 - start)),
                            std::to_string(start) + std::string(300, 'r')));
      journal.sync();
    }
    journal.quarantined({key_of("bad"), 1, 3, "out of memory"});
    journal.sync();
  }
}

}  // namespace

TEST_CASE("a start writes what is in force and removes the older segments",
          "[storage][journal_compaction]") {
  const Folder folder;
  fill(folder);
  const JournalState before = folder.replay();
  REQUIRE(before.commits.size() == 5);
  REQUIRE(before.epoch == 3);
  std::uint64_t bytes = 0;
  for (const auto& [segment, valid] : before.accepted) bytes += valid;
  {
    Journal journal(folder.path, before, kIdentity, kAlways);
    CHECK(journal.epoch() == 4);
    CHECK(folder.segments() == std::vector<std::uint64_t>{4});
    CHECK(told(folder.replay()) == told(before));
    journal.committed(tests::toy_commit("new", "n"));
    journal.sync();
  }
  const JournalState after = folder.replay();
  CHECK(after.commits.size() == 6);
  CHECK(after.commits.at(key_of("new")).epoch == 4);
  CHECK(after.epoch == 4);
  CHECK(fs::file_size(folder.path + "/000004") < bytes / 2);
  CHECK(after.damaged.empty());
  // Now most of it is in force.
  const Journal next(folder.path, after, kIdentity, kAlways);
  CHECK(folder.segments() == std::vector<std::uint64_t>{4, 5});
}

TEST_CASE("what is said to be in force is as long as it is",
          "[storage][journal_compaction]") {
  const Folder folder;
  fill(folder);
  const std::uint64_t live = folder.replay().live_bytes;
  const Journal journal(folder.path, folder.replay(), kIdentity, kAlways);
  // The header, the opening record and what the workers compute with.
  const std::uint64_t others = 32 + (32 + 24 + 3 + 3 + 13 + 8) + (32 + 8 + 3);
  CHECK(fs::file_size(folder.path + "/000004") == live + others);
}

TEST_CASE("small journals and such that are mostly in force stay as they are",
          "[storage][journal_compaction]") {
  const Folder folder;
  fill(folder);
  const Journal small(folder.path, folder.replay(), kIdentity);
  CHECK(folder.segments().size() == 4);
}

TEST_CASE("killed at any step of it, a start loses nothing",
          "[storage][journal_compaction]") {
  const Folder before;
  fill(before);
  const std::string expected = told(before.replay());
  const Folder after;
  fs::copy(before.path, after.path,
           fs::copy_options::overwrite_existing | fs::copy_options::recursive);
  { const Journal journal(after.path, before.replay(), kIdentity, kAlways); }
  const std::string made = tests::read_file(after.path + "/000004");

  const auto check_with = [&](const CompactionRule& rule, const auto& step) {
    const Folder folder;
    fs::copy(
        before.path, folder.path,
        fs::copy_options::overwrite_existing | fs::copy_options::recursive);
    step(folder.path);
    REQUIRE(told(folder.replay()) == expected);
    {
      Journal next(folder.path, folder.replay(), kIdentity, rule);
      next.committed(tests::toy_commit("next", "n"));
      next.sync();
    }
    const JournalState now = folder.replay();
    REQUIRE(now.commits.contains(key_of("next")));
    REQUIRE(now.commits.size() == 6);
    REQUIRE(now.superseded.empty());
  };
  // The next start takes over, whether it compacts or not.
  const auto check = [&](const auto& step) {
    check_with(kAlways, step);
    check_with(kNever, step);
  };
  // While the new segment is written under its temporary name,
  for (std::size_t cut = 0; cut <= made.size(); cut += 97) {
    check([&](const std::string& path) {
      tests::write_file(path + "/000004.partial.1", made.substr(0, cut));
    });
  }
  // when it has both names, and none of the old ones, some or all are removed.
  for (int removed = 0; removed < 8; ++removed) {
    for (const bool both : {true, false}) {
      check([&](const std::string& path) {
        tests::write_file(path + "/000004", made);
        if (both) tests::write_file(path + "/000004.partial.1", made);
        for (int i = 0; i < 3; ++i) {
          if ((removed >> i) % 2 == 1) {
            fs::remove(path + "/00000" + std::to_string(i + 1));
          }
        }
      });
    }
  }
}

TEST_CASE("a coordinator stopped before it can add nothing after it",
          "[storage][journal_compaction]") {
  const Folder folder;
  fill(folder);
  const JournalState stale = folder.replay();
  Journal old_one(folder.path, stale, kIdentity, kNever);  // segment 4
  old_one.committed(tests::toy_commit("before", "b"));
  old_one.sync();
  const std::string kept = tests::read_file(folder.path + "/000004");
  const JournalState state = folder.replay();
  Journal new_one(folder.path, state, kIdentity, kAlways);  // segment 5
  const std::string expected = told(folder.replay());
  CHECK(told(state) == expected);
  // Into the file that was removed,
  old_one.committed(tests::toy_commit("after", "a"));
  old_one.sync();
  CHECK(told(folder.replay()) == expected);
  CHECK(newer_epoch(folder.path, old_one.epoch()) == 5);
  // and into one that a killed start left.
  tests::write_file(folder.path + "/000004", kept);
  CHECK(told(folder.replay()) == expected);
  CHECK(folder.replay().superseded == std::vector<std::uint64_t>{4});
  fs::remove(folder.path + "/000004");
  // A start that read the journal before can't take a number that came free.
  for (const CompactionRule& rule : {kAlways, kNever}) {
    CHECK_THROWS_WITH(Journal(folder.path, stale, kIdentity, rule),
                      Catch::Contains("segment 5 of a later start"));
    CHECK(told(folder.replay()) == expected);
    fs::remove(folder.path + "/000004");
  }
}

TEST_CASE("of two starts that write the same segment, one is refused",
          "[storage][journal_compaction]") {
  const Folder folder;
  fill(folder);
  const JournalState state = folder.replay();
  const Journal plain(folder.path, state, kIdentity, kNever);
  CHECK_THROWS_AS(Journal(folder.path, state, kIdentity, kAlways),
                  StorageError);
  // It was taken by one that compacts nothing: nothing was removed.
  CHECK(folder.segments() == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(told(folder.replay()) == told(state));
}
