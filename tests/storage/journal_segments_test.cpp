#include "storage/run/journal_segments.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

TEST_CASE("segments are the files with a number for a name, in order",
          "[storage][journal_segments]") {
  const tests::Scratch scratch;
  for (const char* name : {"000010", "000002", "1000000", "000003.partial.7",
                           "notes", "000004~"}) {
    tests::write_file(scratch.file(name), "");
  }
  CHECK(segments_in(scratch.path()) ==
        std::vector<std::uint64_t>{2, 10, 1000000});
  CHECK(segments_in(scratch.file("none")).empty());
  CHECK(segment_path("j", 7) == "j/000007");
}

TEST_CASE("a coordinator learns of a later start",
          "[storage][journal_segments]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("000003"), "");
  CHECK_FALSE(newer_epoch(scratch.path(), 3));
  // The one right after it may have been removed already.
  tests::write_file(scratch.file("000005"), "");
  CHECK(newer_epoch(scratch.path(), 3) == 5);
  CHECK_FALSE(newer_epoch(scratch.path(), 5));
}

TEST_CASE("removed segments are gone, and may have been before",
          "[storage][journal_segments]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("000001"), "");
  tests::write_file(scratch.file("000003"), "");
  remove_segments(scratch.path(), {1, 2});
  CHECK(segments_in(scratch.path()) == std::vector<std::uint64_t>{3});
}
