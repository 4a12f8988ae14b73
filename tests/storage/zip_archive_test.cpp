#include "storage/tensors/zip_archive.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"
#include "tests/support/toy_zip.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using tests::ToyMember;

namespace {

// What reading every member of such an archive says; empty if all is well.
std::string error_of_zip(const std::string& bytes) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x.zip"), bytes);
  return tests::error_of([&] {
    const ZipArchive zip(scratch.file("x.zip"));
    for (const auto& [name, member] : zip.members()) zip.read(name, 1U << 20);
  });
}

const std::string kHellos = "hello hello hello hello";
const std::string kDeflated = "\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x27\x01";

}  // namespace

TEST_CASE("stored members come back, in turn and in pieces",
          "[storage][zip_archive]") {
  const tests::Scratch scratch;
  tests::write_file(
      scratch.file("x.zip"),
      tests::toy_zip({{"a", "first"}, {"b/c", "second"}, {"d", ""}}));
  const ZipArchive zip(scratch.file("x.zip"));
  REQUIRE(zip.members().size() == 3);
  CHECK(zip.member("b/c").size == 6);
  CHECK(zip.read("d", 0).empty());
  const auto a = zip.open("a");
  const auto b = zip.open("b/c");
  CHECK(read_bytes(*a, 2) == "fi");
  CHECK(read_bytes(*b, 3) == "sec");
  CHECK(read_bytes(*a, 3) == "rst");
  CHECK(read_bytes(*b, 3) == "ond");
  CHECK_THROWS(read_bytes(*b, 1));
}

TEST_CASE("deflated members come back", "[storage][zip_archive]") {
  const tests::Scratch scratch;
  ToyMember member{"a", kDeflated, 8};
  member.unpacked = kHellos;
  tests::write_file(scratch.file("x.zip"), tests::toy_zip({member}));
  CHECK(ZipArchive(scratch.file("x.zip")).read("a", 100) == kHellos);
}

TEST_CASE("what a zip directory can lie about is refused by member",
          "[storage][zip_archive]") {
  using Catch::Contains;
  CHECK(error_of_zip(tests::toy_zip({{"a", "data"}})).empty());
  CHECK_THAT(error_of_zip(tests::toy_zip({{"a", "1"}, {"a", "2"}})),
             Contains("a: two members of this name"));
  ToyMember member{"a", "data"};
  member.flags = 1;
  CHECK_THAT(error_of_zip(tests::toy_zip({member})), Contains("encrypted"));
  member = {"a", "data", 12};
  CHECK_THAT(error_of_zip(tests::toy_zip({member})),
             Contains("compression 12"));
  member = {"a", "data", 0, 9};
  CHECK_THAT(error_of_zip(tests::toy_zip({member})), Contains("two sizes"));
  member = {"a", "data", 8, 1 << 30};
  CHECK_THAT(error_of_zip(tests::toy_zip({member})),
             Contains("a: 1073741824 bytes out of 4"));
  member = {"a", "data"};
  member.crc_change = 1;
  CHECK_THAT(error_of_zip(tests::toy_zip({member})),
             Contains("a: ") && Contains("CRC-32"));
  member = {"a", kDeflated, 8};
  member.unpacked = "hello hello hello HELLO";
  CHECK_THAT(error_of_zip(tests::toy_zip({member})), Contains("CRC-32"));
  member.unpacked = kHellos + " and more";
  CHECK_THAT(error_of_zip(tests::toy_zip({member})), Contains("a: "));
  member.unpacked = "hello";
  CHECK_THAT(error_of_zip(tests::toy_zip({member})), Contains("a: "));
}

TEST_CASE("a member is not read whole beyond the limit asked for",
          "[storage][zip_archive]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x.zip"), tests::toy_zip({{"a", "12345"}}));
  const ZipArchive zip(scratch.file("x.zip"));
  CHECK(zip.read("a", 5) == "12345");
  CHECK_THAT(tests::error_of([&] { zip.read("a", 4); }),
             Catch::Contains("at most 4"));
  CHECK_THAT(tests::error_of([&] { zip.read("b", 4); }),
             Catch::Contains("b: no such member"));
}

TEST_CASE("an archive cut anywhere is refused or read whole",
          "[storage][zip_archive]") {
  const std::string bytes = tests::toy_zip({{"a", "first"}, {"b", "second"}});
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    INFO(cut);
    REQUIRE_FALSE(error_of_zip(bytes.substr(0, cut)).empty());
  }
  const tests::Scratch scratch;
  CHECK_THAT(tests::error_of([&] { ZipArchive(scratch.file("none")); }),
             Catch::Contains("No such file"));
}
