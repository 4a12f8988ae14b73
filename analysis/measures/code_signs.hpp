#pragma once

#include <cstdint>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Counts of the features whose mean codes differ most between x+ and x-, for
// one vector and SAE: the paper's Table 2.
struct CodeSigns {
  std::int32_t behaviour = 0, layer = 0, sae = 0;
  std::int64_t features = 0;
  std::int64_t negative_encoder = 0, negative_decoder = 0;
  // [difference is negative][encoder projection is negative]
  std::int64_t crossed[2][2] = {{0, 0}, {0, 0}};
  std::int64_t silent = 0;  // negative encoder projection and f(v) = 0
};

// One entry for each behaviour, layer and SAE, in this order; resampled vectors
// are left out.
std::vector<CodeSigns> code_signs(const storage::Results& results);

}  // namespace coxswain::analysis
