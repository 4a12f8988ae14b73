#include "runner/plan/remembered_digests.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <set>

#include "runner/plan/plan.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/files/digest.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

namespace fs = std::filesystem;

// As it was an hour ago: files that have just been written aren't remembered.
void age(const std::string& path) {
  const auto then = fs::last_write_time(path) - std::chrono::hours(1);
  fs::last_write_time(path, then);
}

// Other bytes in a file that looks the same: who tells, has read it.
void change_unseen(const std::string& path, const std::string& bytes) {
  const auto time = fs::last_write_time(path);
  tests::write_file(path, bytes);
  fs::last_write_time(path, time);
}

struct Remembered {
  Remembered() {
    tests::write_file(path, "before");
    age(path);
  }
  tests::Scratch scratch;
  std::string path = scratch.file("weights.gguf");
  std::string cache = scratch.file("new/cache");
};

}  // namespace

TEST_CASE("a second start reads no file that the first has read",
          "[runner][remembered_digests]") {
  const Remembered here;
  const std::string before = storage::sha256("before");
  CHECK(remembered_digests(here.cache)->model(here.path) == before);
  change_unseen(here.path, "behind");
  const auto again = remembered_digests(here.cache);
  CHECK(again->genuine());
  CHECK(again->model(here.path) == before);
  CHECK(digests_at_hand(here.cache)->model(here.path) == before);
  CHECK(remembered_digests("")->model(here.path) == storage::sha256("behind"));
}

TEST_CASE("a file that was changed is read again",
          "[runner][remembered_digests]") {
  const Remembered here;
  remembered_digests(here.cache)->file(here.path);
  tests::write_file(here.path, "afterwards");
  CHECK(remembered_digests(here.cache)->file(here.path) ==
        storage::sha256("afterwards"));
}

TEST_CASE("where nothing can be remembered, files are read",
          "[runner][remembered_digests]") {
  const Remembered here;
  tests::write_file(here.scratch.file("file"), "no folder");
  const auto digests = remembered_digests(here.scratch.file("file/inside"));
  CHECK(digests->file(here.path) == storage::sha256("before"));
}

TEST_CASE("what is at hand reads and writes nothing",
          "[runner][remembered_digests]") {
  const Remembered here;
  const auto digests = digests_at_hand(here.cache);
  CHECK_FALSE(digests->genuine());
  CHECK(digests->file(here.path) == stand_in_digests()->file(here.path));
  CHECK_FALSE(fs::exists(here.cache));
}

TEST_CASE("a plan has the keys that it has with files read whole",
          "[runner][remembered_digests]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Sweep sweep = read_sweep(scratch.file("sweep.toml"), "");
  const Plan whole = make_plan(sweep);
  const Plan plan =
      make_plan(sweep, *remembered_digests(scratch.file("cache")));
  REQUIRE(plan.tasks.size() == whole.tasks.size());
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    CHECK(plan.tasks[i].key == whole.tasks[i].key);
  }
}

TEST_CASE("to compare, data are read and weights are not",
          "[runner][remembered_digests]") {
  const Remembered here;
  std::set<std::string> unread;
  const auto digests = digests_to_compare(here.cache, unread);
  const std::string data = digests->file(here.path);
  CHECK(data == storage::sha256("before"));
  CHECK(unread.empty());
  const std::string model = digests->model(here.path);
  CHECK(model != storage::sha256("before"));
  CHECK(unread == std::set{model});
  // What is made of one that was not read is not known either: a hole of 65 MiB
  // is more than is read for a comparison.
  const std::string large = here.scratch.file("large.jsonl");
  tests::write_file(large, "");
  fs::resize_file(large, 65U << 20);
  CHECK(digests->files({here.path, here.path}) ==
        storage::sha256(data + " " + data));
  CHECK(unread == std::set{model});
  const std::string both = digests->files({here.path, large});
  CHECK(unread.contains(both));
  CHECK(unread.contains(digests->file(large)));
  CHECK(!fs::exists(here.cache));
  // What a run has read is known.
  CHECK(remembered_digests(here.cache)->model(here.path) == data);
  unread.clear();
  CHECK(digests_to_compare(here.cache, unread)->model(here.path) == data);
  CHECK(unread.empty());
}
