#include "storage/run/journal_summary.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/fault.hpp"
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
  // A start that writes what `work` says.
  template <class Work>
  void start(Work&& work) const {
    Journal journal(path, replay_journal(path), {"toy", "id1", "a sweep"});
    work(journal);
    journal.sync();
  }
};

}  // namespace

TEST_CASE("a summary counts what each start did",
          "[storage][journal_summary]") {
  const Folder folder;
  folder.start([](Journal& journal) {
    journal.numerics("cpu");
    journal.leased(key_of("a"), 1, 1);
    journal.leased(key_of("b"), 2, 1);
    journal.leased(key_of("c"), 3, 1);
    journal.committed(commit("a", "result"));
    journal.failed({key_of("b"), 2, 1, "no luck"});
    journal.quarantined({key_of("b"), 2, 1, "no luck"});
    journal.quarantined({key_of("d"), 2, 1, ""});
  });
  folder.start([](Journal& journal) {
    journal.leased(key_of("b"), 1, 1);
    journal.leased(key_of("e"), 1, 1);
    journal.committed(commit("b", ""));
  });
  const JournalSummary summary = summarise_journal(folder.path);
  CHECK(summary.identity.name == "toy");
  CHECK(summary.numerics == "cpu");
  REQUIRE(summary.starts.size() == 2);
  CHECK(summary.starts[0].committed == 1);
  CHECK(summary.starts[0].failed == 1);
  CHECK(summary.starts[0].quarantined == 2);
  CHECK(summary.starts[1].epoch == 2);
  CHECK(summary.starts[1].committed == 1);
  CHECK(summary.committed.size() == 2);
  CHECK(summary.committed.at(key_of("b")).epoch == 2);
  CHECK(summary.committed.at(key_of("a")).seconds == 0.5);
  REQUIRE(summary.failed.size() == 1);
  CHECK(summary.failed[0].failure.reason == "no luck");
  CHECK(summary.failed[0].epoch == 1);
  // b was computed after all; c's lease ended with its start.
  REQUIRE(summary.quarantined.size() == 1);
  CHECK(summary.quarantined.contains(key_of("d")));
  REQUIRE(summary.leased.size() == 1);
  CHECK(summary.leased.contains(key_of("e")));
}

TEST_CASE("a summary reads no results", "[storage][journal_summary]") {
  const Folder folder;
  folder.start([](Journal& journal) {
    journal.committed(commit("large", std::string(100000, 'x')));
    journal.committed(commit("next", "y"));
  });
  // A byte of the result is damaged: only who reads it can tell.
  const std::string segment = folder.path + "/000001";
  std::string bytes = tests::read_file(segment);
  bytes[bytes.size() / 2] = 'z';
  tests::write_file(segment, bytes);
  const JournalSummary summary = summarise_journal(folder.path);
  CHECK(summary.committed.size() == 2);
  CHECK(summary.committed.at(key_of("large")).result.empty());
  CHECK(summary.committed.at(key_of("large")).bulk.file == "shards/x");
}

TEST_CASE("a summary ends where a record is cut or damaged",
          "[storage][journal_summary]") {
  const Folder folder;
  folder.start([](Journal& journal) {
    journal.committed(commit("a", "result"));
    journal.committed(commit("b", std::string(100000, 'x')));
  });
  const std::string segment = folder.path + "/000001";
  const std::string whole = tests::read_file(segment);
  for (const std::size_t lost : {1U, 50000U, 99999U}) {
    tests::write_file(segment, whole.substr(0, whole.size() - lost));
    CHECK(summarise_journal(folder.path).committed.size() == 1);
  }
  std::string garbled = whole;
  garbled[whole.find("result")] = 'R';
  tests::write_file(segment, garbled);
  CHECK(summarise_journal(folder.path).committed.empty());
  tests::write_file(segment, whole.substr(0, 20));
  CHECK(summarise_journal(folder.path).identity.name.empty());
}

TEST_CASE("a summary leaves out what a later start fenced off",
          "[storage][journal_summary]") {
  const Folder folder;
  const JournalState nothing = replay_journal(folder.path);
  Journal old(folder.path, nothing, {"toy", "id1", "a sweep"});
  old.committed(commit("a", "result"));
  old.sync();
  folder.start([](Journal&) {});
  old.committed(commit("late", "result"));
  old.sync();
  const JournalSummary summary = summarise_journal(folder.path);
  CHECK(summary.committed.size() == 1);
  CHECK(summary.starts.size() == 2);
}

TEST_CASE("a missing journal has an empty summary",
          "[storage][journal_summary]") {
  const Folder folder;
  CHECK(summarise_journal(folder.path + "/nowhere").starts.empty());
}
