#include "storage/durable_file.hpp"

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

TEST_CASE("a full disk is an error that says so", "[storage][durable_file]") {
  CHECK_THROWS_WITH(replace_file("/dev/full/x", "abc"),
                    Catch::Contains("/dev/full"));
}
