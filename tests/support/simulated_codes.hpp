#pragma once

#include <array>
#include <cstdint>

#include "jobs/decomposition/exchanged_signs.hpp"
#include "jobs/steering/balanced_signs.hpp"

namespace coxswain::tests {

// Pairs whose labels mean nothing, and an SAE that knows nothing of them.
struct CodeShape {
  std::int32_t clusters = 20;
  std::int32_t pairs_each = 1;
  // Clusters match one letter or the other in turn, and the letter shows.
  bool letters = false;
  // Share of the variance of x+ - x- that the pairs of a cluster have in
  // common.
  double alike = 0;
  // Unless 0, labels do mean something: x+ and x- lie so far apart along a
  // direction that half of the features point away from, which makes -- many.
  double planted = 0;
};

// What pairs of this shape have of the features of a ReLU SAE.
struct SimulatedCodes {
  jobs::CountedClusters clusters;
  jobs::FiringFeatures features;
};

// Equal numbers give equal codes.
SimulatedCodes simulated_codes(const CodeShape& shape, std::int64_t number);

// p of ++, +-, -+ and -- among the features that differ most, as tables have
// it: (1 + exchanges with at least as many) / (1 + exchanges).
std::array<double, 4> p_of_signs(const SimulatedCodes& codes,
                                 std::int64_t number, std::int64_t shuffles);

}  // namespace coxswain::tests
