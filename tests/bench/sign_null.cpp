// sign_null [DATA SETS]: how often p of Table 2's signs is at most 1, 5 and
// 10 % where labels mean nothing, and where -- was planted. Fixed seeds: equal
// numbers of data sets give equal lines. 4,000 are in analysis/README.md.

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "tests/support/simulated_codes.hpp"

using namespace coxswain;

namespace {

constexpr std::array kLevels{0.01, 0.05, 0.10};
constexpr std::array<const char*, 4> kSigns{"++", "+-", "-+", "--"};

void simulate(const char* name, const tests::CodeShape& shape,
              std::int64_t sets) {
  std::int64_t found[kSigns.size()][kLevels.size()] = {};
  for (std::int64_t set = 0; set < sets; ++set) {
    const auto p =
        tests::p_of_signs(tests::simulated_codes(shape, set), set, 999);
    for (std::size_t signs = 0; signs < kSigns.size(); ++signs) {
      for (std::size_t level = 0; level < kLevels.size(); ++level) {
        found[signs][level] += p[signs] <= kLevels[level] ? 1 : 0;
      }
    }
  }
  fmt::print("{:<34}", name);
  for (std::size_t signs = 0; signs < kSigns.size(); ++signs) {
    fmt::print("  {}", kSigns[signs]);
    for (const std::int64_t n : found[signs]) {
      fmt::print(" {:5.2f}",
                 100 * static_cast<double>(n) / static_cast<double>(sets));
    }
  }
  fmt::print("\n");
}

}  // namespace

int main(int n, char** arguments) {
  const std::int64_t sets = n > 1 ? std::atoll(arguments[1]) : 4000;
  simulate("6 clusters", {6}, sets);
  simulate("7 clusters", {7}, sets);
  simulate("8 clusters", {8}, sets);
  simulate("10 clusters", {10}, sets);
  simulate("20 clusters", {20}, sets);
  simulate("40 clusters", {40}, sets);
  simulate("10 of 4 pairs, nearly alike", {10, 4, false, 0.8}, sets);
  simulate("40 that match letters in turn", {40, 1, true}, sets);
  simulate("14 of 3 pairs, letters in turn", {14, 3, true, 0.5}, sets);
  simulate("20 clusters, -- planted", {20, 1, false, 0, 6}, sets);
  return 0;
}
