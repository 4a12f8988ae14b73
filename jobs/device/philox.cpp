#include "jobs/device/philox.hpp"

#include <cassert>
#include <cmath>
#include <numbers>

namespace coxswain::jobs {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;

// 53 bits as a number in (0, 1): never 0, so that its logarithm is finite.
double open_unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits =
      ((static_cast<std::uint64_t>(high) << 32) | low) >> 11;
  return (static_cast<double>(bits) + 0.5) * 0x1.0p-53;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{kMultiplier0} * counter[0];
    const std::uint64_t b = std::uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(a)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

namespace {

std::array<std::uint32_t, 4> block_of(const storage::Key& key,
                                      std::uint32_t block) {
  return philox({block, 0, static_cast<std::uint32_t>(key.high),
                 static_cast<std::uint32_t>(key.high >> 32)},
                {static_cast<std::uint32_t>(key.low),
                 static_cast<std::uint32_t>(key.low >> 32)});
}

}  // namespace

std::vector<double> normals(const storage::Key& key, std::int64_t n) {
  assert(0 <= n && n <= std::int64_t{2} << 32 &&
         "blocks are counted in 32 bits");
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(n) + 1);
  for (std::uint32_t block = 0; std::ssize(values) < n; ++block) {
    const auto word = block_of(key, block);
    const double radius =
        std::sqrt(-2.0 * std::log(open_unit(word[0], word[1])));
    const double angle = 2.0 * std::numbers::pi * open_unit(word[2], word[3]);
    // Both halves of the pair are used: the order of the numbers is part of
    // every key's meaning.
    values.push_back(radius * std::cos(angle));
    values.push_back(radius * std::sin(angle));
  }
  values.resize(static_cast<std::size_t>(n));
  return values;
}

std::vector<std::uint32_t> words(const storage::Key& key, std::int64_t n) {
  assert(0 <= n && n <= std::int64_t{4} << 32 &&
         "blocks are counted in 32 bits");
  std::vector<std::uint32_t> values;
  values.reserve(static_cast<std::size_t>(n) + 3);
  for (std::uint32_t block = 0; std::ssize(values) < n; ++block) {
    const auto four = block_of(key, block);
    values.insert(values.end(), four.begin(), four.end());
  }
  values.resize(static_cast<std::size_t>(n));
  return values;
}

}  // namespace coxswain::jobs
