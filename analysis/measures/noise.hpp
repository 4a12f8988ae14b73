#pragma once

#include <cstdint>
#include <vector>

#include "analysis/measures/steerability.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {

// Directions without a meaning that stand in for one vector at one dose rule,
// a seed each.
struct Noise {
  storage::VariantSource source;  // random, covariance or shuffled
  std::int32_t vector = -1, dose_rule = 0;
  std::vector<const Steerability*> seeds;  // never empty
};

// Whether variants of this source are of that kind.
bool is_noise(storage::VariantSource source);

// All noise that a sweep has, in the order of the results.
std::vector<Noise> noise_of(const storage::Results& results,
                            const std::vector<Steerability>& all);

// The content slopes of the seeds that have one.
std::vector<double> content_slopes(const Noise& noise);

// Seeds as a random effect: the mean of their content slopes, and where 95 % of
// further directions of the kind would lie.
Interval band_of(const Noise& noise);

}  // namespace coxswain::analysis
