#include "storage/files/digest_memory.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "storage/files/digest.hpp"
#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace fs = std::filesystem;

namespace {

struct Place {
  tests::Scratch scratch;
  std::string memory = scratch.file("digests.json");
  std::string big = scratch.file("big");

  // As if it had been written so many seconds ago.
  void write(const std::string& bytes, int seconds_ago) const {
    tests::write_file(big, bytes);
    fs::last_write_time(big, fs::file_time_type::clock::now() -
                                 std::chrono::seconds(seconds_ago));
  }
};

}  // namespace

TEST_CASE("a digest is remembered from one process to the next",
          "[storage][digest_memory]") {
  const Place place;
  place.write("abc", 60);
  DigestMemory first(place.memory);
  CHECK_FALSE(first.remembered(place.big));
  CHECK(first.sha256_of_file(place.big) == sha256("abc"));
  CHECK(first.remembered(place.big) == sha256("abc"));
  first.save();
  const DigestMemory second(place.memory);
  CHECK(second.remembered(place.big) == sha256("abc"));
  CHECK(second.remembered(place.scratch.path() + "/./big") == sha256("abc"));
}

TEST_CASE("a remembered digest is not computed again",
          "[storage][digest_memory]") {
  const Place place;
  place.write("abc", 60);
  const auto time = fs::last_write_time(place.big);
  DigestMemory memory(place.memory);
  memory.sha256_of_file(place.big);
  // Other bytes behind the same identity: only a memory can say the old digest.
  tests::write_file(place.big, "abd");
  fs::last_write_time(place.big, time);
  CHECK(memory.sha256_of_file(place.big) == sha256("abc"));
}

TEST_CASE("a file with another size, time or inode is read again",
          "[storage][digest_memory]") {
  const Place place;
  place.write("abc", 60);
  const auto time = fs::last_write_time(place.big);
  DigestMemory memory(place.memory);
  memory.sha256_of_file(place.big);
  SECTION("size") {
    tests::write_file(place.big, "abcd");
    fs::last_write_time(place.big, time);
    CHECK(memory.sha256_of_file(place.big) == sha256("abcd"));
  }
  SECTION("time, to the nanosecond") {
    tests::write_file(place.big, "abd");
    fs::last_write_time(place.big, time + std::chrono::nanoseconds(1));
    CHECK(memory.sha256_of_file(place.big) == sha256("abd"));
  }
  SECTION("inode") {
    tests::write_file(place.scratch.file("other"), "abd");
    fs::last_write_time(place.scratch.file("other"), time);
    fs::rename(place.scratch.file("other"), place.big);
    CHECK(memory.sha256_of_file(place.big) == sha256("abd"));
  }
  SECTION("gone") {
    fs::remove(place.big);
    CHECK_FALSE(memory.remembered(place.big));
    CHECK_THROWS_AS(memory.sha256_of_file(place.big), StorageError);
  }
}

TEST_CASE("a file that was modified just now is not remembered",
          "[storage][digest_memory]") {
  const Place place;
  DigestMemory memory(place.memory);
  place.write("abc", 0);
  CHECK(memory.sha256_of_file(place.big) == sha256("abc"));
  CHECK_FALSE(memory.remembered(place.big));
  place.write("abc", -3600);  // by a clock that is ahead
  CHECK(memory.sha256_of_file(place.big) == sha256("abc"));
  CHECK_FALSE(memory.remembered(place.big));
  memory.save();
  CHECK_FALSE(fs::exists(place.memory));  // nothing to say
}

TEST_CASE("a damaged memory is begun anew", "[storage][digest_memory]") {
  const Place place;
  place.write("abc", 60);
  {
    DigestMemory memory(place.memory);
    memory.sha256_of_file(place.big);
    memory.save();
  }
  const std::string good = tests::read_file(place.memory);
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    tests::write_file(place.memory, good.substr(0, cut));
    REQUIRE_FALSE(DigestMemory(place.memory).remembered(place.big));
  }
  for (const char* text : {"[]", "{\"format\": 2, \"files\": []}", "\xff",
                           "{\"format\": 1, \"files\": [{\"path\": 3}]}"}) {
    tests::write_file(place.memory, text);
    DigestMemory memory(place.memory);
    CHECK_FALSE(memory.remembered(place.big));
    CHECK(memory.sha256_of_file(place.big) == sha256("abc"));
    memory.save();
    CHECK(tests::read_file(place.memory) == good);
  }
}

TEST_CASE("of two that save, the last one wins", "[storage][digest_memory]") {
  const Place place;
  place.write("abc", 60);
  DigestMemory one(place.memory);
  DigestMemory other(place.memory);
  one.sha256_of_file(place.big);
  one.save();
  const std::string file = place.scratch.file("other");
  tests::write_file(file, "x");
  fs::last_write_time(file, fs::last_write_time(place.big));
  other.sha256_of_file(file);
  other.save();
  const DigestMemory now(place.memory);
  CHECK(now.remembered(file) == sha256("x"));
  CHECK_FALSE(now.remembered(place.big));
}
