#include "jobs/device/philox.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::jobs;

TEST_CASE("Philox4x32-10 gives its published words", "[jobs][philox]") {
  // Known answers of Random123 (kat_vectors).
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
               {0xffffffff, 0xffffffff}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
               {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("normals are normal and belong to their key", "[jobs][philox]") {
  const auto key = coxswain::storage::key_of("cell");
  const auto values = normals(key, 20001);
  double sum = 0, squares = 0, fourth = 0;
  for (const double v : values) {
    sum += v;
    squares += v * v;
    fourth += v * v * v * v;
  }
  const auto n = static_cast<double>(values.size());
  CHECK(std::abs(sum / n) < 0.03);
  CHECK(squares / n == Approx(1).margin(0.04));
  CHECK(fourth / n == Approx(3).margin(0.3));
  const auto shorter = normals(key, 5);
  CHECK(std::equal(shorter.begin(), shorter.end(), values.begin()));
  CHECK(normals(coxswain::storage::key_of("other"), 1) != normals(key, 1));
}
