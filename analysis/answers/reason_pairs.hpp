#pragma once

#include <utility>
#include <vector>

#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// Variants whose difference speaks for a reason, all as long as the original:
// the one that would move more if the reason holds comes first.
using ReasonPair = std::pair<const Steerability*, const Steerability*>;

// Whether a decomposition is by a method that tries the reason distribution.
bool tries_distribution(const storage::Results& results,
                        const storage::DecompositionRow& row);

// What takes the vector for a step between activations (encode-minus-zero,
// anchored, encode-around-mean) or brings it to their length
// (encode-norm-matched, encode-mean-norm), against `encode` by the same SAE.
std::vector<ReasonPair> distribution_pairs(const ReportSource& source,
                                           const Steerability& original);

// All of a decomposition against its positive part, where that is not all.
std::vector<ReasonPair> sign_pairs(const ReportSource& source,
                                   const Steerability& original);

}  // namespace coxswain::analysis
