#include "storage/journal.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>

#include "storage/fault.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

Commit commit(const std::string& task, const std::string& result) {
  Commit one;
  one.task = key_of(task);
  one.worker = 2;
  one.attempt = 1;
  one.seconds = 0.5;
  one.result = result;
  one.bulk = {"shards/x", {32, 7, 99}};
  return one;
}

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
    journal.committed(commit("t1", "result"));
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
  CHECK(found.bulk.file == "shards/x");
  CHECK(found.bulk.record.checksum == 99);
  CHECK(found.seconds == 0.5);
  CHECK(state.quarantined.at(key_of("t2")).reason == "out of memory");
  CHECK(state.epoch == 1);
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
  old_one.committed(commit("t1", "before"));
  old_one.sync();
  Journal new_one(folder.path, folder.replay(), kIdentity);
  CHECK(new_one.epoch() == 2);
  // The old one wakes up and goes on.
  old_one.committed(commit("t2", "after"));
  old_one.sync();
  new_one.committed(commit("t3", "new"));
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
      journal.committed(commit("t" + std::to_string(i), "r"));
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
    journal.committed(commit("t", "fine"));
    journal.sync();
  }
  CHECK(folder.replay().quarantined.empty());
  CHECK(folder.replay().commits.size() == 1);
}
