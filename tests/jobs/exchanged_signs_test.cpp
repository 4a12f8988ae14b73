#include "jobs/decomposition/exchanged_signs.hpp"

#include <catch2/catch.hpp>

#include "tests/support/simulated_codes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Two pairs, each a cluster. Features by hand: 0 differs by 1, 1 by -1, 2 not
// at all, 3 by 0.5 in the second pair alone.
FiringFeatures by_hand() {
  FiringFeatures features;
  features.cluster_of = {0, 1};
  features.n_clusters = 2;
  features.shares = {{0, 1, 0}, {0, 0, 2}, {1, 1, 0},
                     {0, 1, 0}, {1, 0, 1}, {1, 0.5, 0}};
  features.offsets = {0, 1, 3, 5, 6};
  features.projections = {1, -1, -3, -0.25};
  features.of_clusters = {1, 0, -2, 1, -3, 0, 0, -0.25};
  return features;
}

// ++, +-, -+ and -- of each row, one after the other.
std::vector<std::int32_t> signs(std::vector<std::int8_t> exchanges,
                                std::int64_t most) {
  std::vector<std::int32_t> all;
  for (const SignPairs& row : exchanged_signs(by_hand(), exchanges, most)) {
    all.insert(all.end(), row.begin(), row.end());
  }
  return all;
}

}  // namespace

TEST_CASE("features that differ most are counted by their signs",
          "[jobs][exchanged_signs]") {
  // As they are: 0 is ++, 1 is --, 3 is +-; 2 has no difference.
  CHECK(signs({1, 1}, 9) == std::vector{1, 1, 0, 1});
  // Of 0 and 1, which differ as much, the first.
  CHECK(signs({1, 1}, 1) == std::vector{1, 0, 0, 0});
  // All exchanged: every sign is the other, a projection of 0 none.
  CHECK(signs({-1, -1}, 9) == std::vector{1, 0, 1, 1});
  // The second pair exchanged: 1 differs by -3 and projects by -3, 2 by 2 and
  // -3, 3 by -0.5 and 0.25.
  CHECK(signs({1, -1}, 2) == std::vector{0, 1, 0, 1});
  CHECK(signs({1, -1}, 9) == std::vector{1, 1, 1, 1});
  // Rows know nothing of each other.
  CHECK(signs({1, 1, 1, -1}, 1) == std::vector{1, 0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("counts say in how many exchanges there are so many",
          "[jobs][exchanged_signs]") {
  const std::vector<SignPairs> rows{{2, 0, 0, 1}, {0, 0, 1, 2}, {2, 0, 0, 1}};
  CHECK(counted_signs(rows, 2) ==
        std::vector<std::int64_t>{1, 0, 2, 3, 0, 0, 2, 1, 0, 0, 2, 1});
}

TEST_CASE("labels that mean nothing have a p below 5 % in no more than 5 %",
          "[jobs][exchanged_signs]") {
  constexpr int kSets = 400;
  for (const tests::CodeShape& shape :
       {tests::CodeShape{10}, tests::CodeShape{14, 3, true, 0.5}}) {
    std::array<int, 4> low{};
    double sum = 0;
    for (int set = 0; set < kSets; ++set) {
      const auto p =
          tests::p_of_signs(tests::simulated_codes(shape, set), set, 199);
      for (std::size_t i = 0; i < 4; ++i) low[i] += p[i] <= 0.05 ? 1 : 0;
      sum += p[3];
    }
    // 5 % is 20 of 400, with a deviation of 4.4; what 4,000 data sets give is
    // in analysis/README.md.
    for (const int n : low) CHECK(n <= 31);
    CHECK(low[3] >= 8);
    CHECK(sum / kSets == Approx(0.5).margin(0.06));
  }
}

TEST_CASE("planted features that only x- turns on are found",
          "[jobs][exchanged_signs]") {
  int found = 0;
  for (int set = 0; set < 20; ++set) {
    const auto codes = tests::simulated_codes({20, 1, false, 0, 6}, set);
    found += tests::p_of_signs(codes, set, 199)[3] <= 0.05 ? 1 : 0;
  }
  CHECK(found >= 15);  // by chance 1
}
