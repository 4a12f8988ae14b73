#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/measures/code_signs.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What the signs of projections among the features that differ most between x+
// and x- say (the paper's Table 2).
struct SignCounts {
  bool shown = false;  // more (- -) than for meaningless labels
  std::string text;    // empty without such features
};

// Counts of all SAEs at one place.
std::vector<CodeSigns> signs_at(const storage::Results& results,
                                std::int32_t behaviour, std::int32_t layer);

// In words. Shown if p of (- -) is at most 0.025 / n for any of them: the other
// half of 5 % is that of the slopes of positive parts. n: counts of the whole
// answer that exchanged labels are known for.
SignCounts sign_counts(const storage::Results& results,
                       const std::vector<CodeSigns>& signs, std::size_t n);

}  // namespace coxswain::analysis
