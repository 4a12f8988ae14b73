#include "storage/run/run_directory.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

TEST_CASE("a folder with other things in it is not taken for a run",
          "[storage][run_directory]") {
  const tests::Scratch scratch;
  CHECK_NOTHROW(RunDirectory(scratch.file("none")).refuse_foreign());
  CHECK_NOTHROW(RunDirectory(scratch.path()).refuse_foreign());
  tests::write_file(scratch.file("thesis.tex"), "precious");
  CHECK_THROWS_WITH(RunDirectory(scratch.path()).refuse_foreign(),
                    Catch::Contains("other things"));
  CHECK_THROWS_WITH(RunDirectory(scratch.file("thesis.tex")).refuse_foreign(),
                    Catch::Contains("a file"));
  const RunDirectory run(scratch.file("run"));
  run.create();
  CHECK_NOTHROW(run.refuse_foreign());
}

TEST_CASE("a run in use names its holder", "[storage][run_directory]") {
  const tests::Scratch scratch;
  const RunDirectory run(scratch.path());
  {
    const ScopedRunLock lock(run, "process 1 on here");
    CHECK_THROWS_WITH(ScopedRunLock(run, "another"),
                      Catch::Contains("in use by process 1 on here"));
    CHECK_THROWS_AS(ScopedRunLock(run, "another"), RunInUse);
  }
  CHECK_NOTHROW(ScopedRunLock(run, "another"));
}

TEST_CASE("what a killed process left half-written is removed",
          "[storage][run_directory]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("results.h5"), "whole");
  tests::write_file(scratch.file("results.h5.partial.123"), "half");
  std::filesystem::create_directory(scratch.file("journal"));
  tests::write_file(scratch.file("journal/000002.partial.7"), "half");
  tests::write_file(scratch.file("journal/000001"), "whole");
  RunDirectory(scratch.path()).remove_leftovers();
  CHECK(std::filesystem::exists(scratch.file("journal/000001")));
  CHECK_FALSE(
      std::filesystem::exists(scratch.file("journal/000002.partial.7")));
  CHECK(std::filesystem::exists(scratch.file("results.h5")));
  CHECK_FALSE(std::filesystem::exists(scratch.file("results.h5.partial.123")));
}

TEST_CASE("a request to stop is seen until it is forgotten",
          "[storage][run_directory]") {
  const tests::Scratch scratch;
  const RunDirectory run(scratch.path());
  CHECK_FALSE(run.stop_asked());
  run.ask_to_stop("somebody");
  run.ask_to_stop("somebody else");
  CHECK(run.stop_asked());
  run.forget_stop();
  CHECK_FALSE(run.stop_asked());
  CHECK_NOTHROW(run.forget_stop());
  CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("what is no run directory is refused by what it is",
          "[storage][run_directory]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("sweep.toml"), "");
  CHECK_THROWS_WITH(RunDirectory(scratch.path()).require(),
                    Catch::Contains("without a journal"));
  CHECK_THROWS_WITH(RunDirectory(scratch.file("nowhere")).require(),
                    Catch::Contains("no such folder"));
  CHECK_THROWS_WITH(RunDirectory(scratch.file("sweep.toml")).require(),
                    Catch::Contains("a file"));
  RunDirectory(scratch.path()).create();
  CHECK_NOTHROW(RunDirectory(scratch.path()).require());
}

TEST_CASE("a lock tells who had it last, and is not taken by asking",
          "[storage][run_directory]") {
  const tests::Scratch scratch;
  const RunDirectory run(scratch.path());
  CHECK(last_holder(run).empty());
  { const ScopedRunLock lock(run, "process 1 on here"); }
  CHECK(last_holder(run) == "process 1 on here");
}
