#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// Philox4x32-10 (Salmon et al., SC 2011): a block of four random words from a
// counter and a key, with no state.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// n standard normal numbers that depend on `key` alone (Box-Muller in float64;
// jobs/README.md says how words become numbers).
std::vector<double> normals(const storage::Key& key, std::int64_t n);

// n random words that depend on `key` alone.
std::vector<std::uint32_t> words(const storage::Key& key, std::int64_t n);

// One of n places, 0 to n - 1, by a random word: floor(word n / 2^32).
constexpr std::size_t drawn_place(std::uint32_t word, std::size_t n) {
  return static_cast<std::size_t>((std::uint64_t{word} * n) >> 32);
}

}  // namespace coxswain::jobs
