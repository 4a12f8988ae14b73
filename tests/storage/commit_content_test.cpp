#include "storage/run/commit_content.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/bytes.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/journal_segments.hpp"
#include "storage/run/journal_summary.hpp"
#include "storage/run/record_file.hpp"
#include "storage/run/run_directory.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_commits.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

CommitContent some_content() {
  CommitContent content;
  content.all = key_of("all");
  content.made_of = key_of("made of");
  content.slices = {key_of("layer 0"), Key{}, key_of("layer 2")};
  content.grid = {
      key_of("basis"), {key_of("item")}, {key_of("variant"), Key{}}, {-1, 0.5}};
  content.failed_cells = 7;
  return content;
}

}  // namespace

TEST_CASE("what a commit is made of is there after a restart, also said again",
          "[storage][commit_content]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("journal");
  std::filesystem::create_directory(folder);
  const RunIdentity identity{"toy", "id", "sweep"};
  Commit commit = tests::toy_commit("t1", "result");
  commit.attempt = 1;
  commit.content = some_content();
  Commit reused = tests::toy_commit("t2", "result");
  reused.attempt = 0;
  {
    Journal journal(folder, replay_journal(folder), identity);
    journal.committed(commit);
    journal.committed(reused);
    journal.sync();
  }
  const auto check = [&] {
    const JournalState state = replay_journal(folder);
    CHECK(state.commits.at(key_of("t1")).content == some_content());
    CHECK(state.commits.at(key_of("t2")).content == CommitContent{});
    CHECK_FALSE(state.commits.at(key_of("t1")).reused());
    CHECK(state.commits.at(key_of("t2")).reused());
    const JournalSummary summary = summarise_journal(folder);
    CHECK(summary.starts.at(0).committed == 2);
    CHECK(summary.starts.at(0).reused == 1);
  };
  check();
  // Everything in force is written anew.
  JournalState before = replay_journal(folder);
  before.live_bytes = 0;
  { const Journal journal(folder, before, identity, CompactionRule{0}); }
  CHECK(replay_journal(folder).accepted.size() == 1);
  check();
}

TEST_CASE("a commit of before says nothing of its content",
          "[storage][commit_content]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("journal");
  std::filesystem::create_directory(folder);
  { Journal journal(folder, replay_journal(folder), {"toy", "id", "sweep"}); }
  // As earlier versions wrote it: the record ends with the result.
  ByteWriter out;
  const Key key = key_of("t1");
  out.number(key.high);
  out.number(key.low);
  out.number<std::uint32_t>(1);
  out.number<std::uint32_t>(1);
  out.number(0.5);
  out.text("");
  out.number<std::uint64_t>(0);
  out.number<std::uint64_t>(0);
  out.number<std::uint32_t>(0);
  out.text("result");
  {
    RecordWriter file(segment_path(folder, 2), RecordFileKind::journal, 2);
    ByteWriter opened;
    for (const char* text : {"toy", "id", "sweep"}) opened.text(text);
    opened.number<std::uint64_t>(0);
    file.append(1, 1, opened.take());
    file.append(4, 1, out.take());
    file.sync();
  }
  const Commit commit = replay_journal(folder).commits.at(key);
  CHECK(commit.result == "result");
  CHECK(commit.content == CommitContent{});
}

TEST_CASE("content that ends early is refused, what follows is passed over",
          "[storage][commit_content]") {
  const std::string bytes = encode(some_content());
  CHECK(decode_commit_content(bytes, "a journal") == some_content());
  CHECK(decode_commit_content(bytes + "of a newer program", "a journal") ==
        some_content());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    CHECK_THROWS_AS(decode_commit_content(bytes.substr(0, n), "a journal"),
                    StorageError);
  }
}
