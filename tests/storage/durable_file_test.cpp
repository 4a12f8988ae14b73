#include "storage/files/durable_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

TEST_CASE("a replaced file has the new bytes and leaves no other",
          "[storage][durable_file]") {
  const tests::Scratch scratch;
  replace_file(scratch.file("x"), "old");
  replace_file(scratch.file("x"), "new");
  CHECK(tests::read_file(scratch.file("x")) == "new");
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()),
                      {}) == 1);
}

TEST_CASE("an append-only file is created exclusively",
          "[storage][durable_file]") {
  const tests::Scratch scratch;
  AppendFile file(scratch.file("x"));
  file.append("abc");
  file.sync();
  CHECK(file.size() == 3);
  CHECK_THROWS_WITH(AppendFile(scratch.file("x")), Catch::Contains("create"));
}

TEST_CASE("a file takes a name only if nothing has it",
          "[storage][durable_file]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("taken"), "other");
  AppendFile file(scratch.file("x"));
  file.append("a");
  CHECK_THROWS_WITH(file.rename_exclusively(scratch.file("taken")),
                    Catch::Contains("taken"));
  CHECK(tests::read_file(scratch.file("taken")) == "other");
  REQUIRE(file.rename_exclusively(scratch.file("y")) == Naming::done);
  file.append("b");
  CHECK(tests::read_file(scratch.file("y")) == "ab");
  CHECK_FALSE(std::filesystem::exists(scratch.file("x")));
}

TEST_CASE("a full disk is an error that says so", "[storage][durable_file]") {
  CHECK_THROWS_WITH(replace_file("/dev/full/x", "abc"),
                    Catch::Contains("/dev/full"));
}
