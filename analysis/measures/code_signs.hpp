#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "analysis/statistics/statistics.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Fewer clusters than this have no chance of signs: of those, half are hardly
// ever exchanged in enough ways for a p of 5 % that happens in 5 %.
constexpr std::int32_t kFewestExchanged = 8;

// What a count would be if the pairs' labels meant nothing.
struct SignChance {
  // Median and 2.5 to 97.5 % of the count over exchanges of x+ and x-: the
  // smallest counts that so many of them do not exceed. NaN without exchanges.
  Interval null{std::numeric_limits<double>::quiet_NaN(),
                std::numeric_limits<double>::quiet_NaN(),
                std::numeric_limits<double>::quiet_NaN()};
  // One-sided, of more than by meaningless labels:
  // (1 + exchanges with at least as many) / (1 + exchanges).
  double p = std::numeric_limits<double>::quiet_NaN();
};

// Counts of the features whose mean codes differ most between x+ and x-, for
// one vector and SAE: the paper's Table 2.
struct CodeSigns {
  std::int32_t behaviour = 0, layer = 0, sae = 0;
  std::int64_t features = 0;
  std::int64_t negative_encoder = 0, negative_decoder = 0;
  // [difference is negative][encoder projection is negative]
  std::int64_t crossed[2][2] = {{0, 0}, {0, 0}};
  std::int64_t silent = 0;  // negative encoder projection and f(v) = 0
  // Exchanges behind `chance`, 0 if none are known, and what clusters of pairs
  // they are of, -1 if that is not known.
  std::int32_t shuffles = 0, clusters = -1;
  SignChance chance[2][2];
  // Why there are no exchanges, as far as it is known.
  std::string remark;
};

// One entry for each behaviour, layer and SAE, in this order; resampled vectors
// are left out. Throws std::out_of_range if arrays/sign_null_counts has less
// than a row for each of tables/sign_nulls.
std::vector<CodeSigns> code_signs(const storage::Results& results);

}  // namespace coxswain::analysis
