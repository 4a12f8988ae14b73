#include "storage/files/digest.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

TEST_CASE("SHA-256 and CRC-32C give the published check values",
          "[storage][digest]") {
  // FIPS 180-2 appendix B.1; RFC 3720 appendix B.4 and the usual check word.
  CHECK(sha256("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(crc32c("123456789") == 0xE3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43);
}

TEST_CASE("a checksum of two pieces is that of the whole",
          "[storage][digest]") {
  const std::string text = "an append-only file of framed records";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Crc32c pieces;
    pieces.add(text.substr(0, cut));
    pieces.add(text.substr(cut));
    CHECK(pieces.value() == crc32c(text));
  }
}

TEST_CASE("a file's digest is that of its bytes", "[storage][digest]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x"), "abc");
  CHECK(sha256_of_file(scratch.file("x")) == sha256("abc"));
  CHECK_THROWS_WITH(sha256_of_file(scratch.file("none")),
                    Catch::Contains("none"));
}

TEST_CASE("keys tell contents apart", "[storage][digest]") {
  CHECK(key_of("a") == key_of("a"));
  CHECK(key_of("a") != key_of("b"));
  CHECK(hex(key_of("a")).size() == 32);
}
