#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/measures/steerability.hpp"
#include "analysis/measures/steered_place.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {

// A kind of directions without a meaning. Shuffled ones at their own length ask
// whether the labels matter; stretched to the original's, whether its direction
// is special.
enum class NoiseKind : std::uint8_t {
  random,
  covariance,
  shuffled,
  stretched,  // shuffled
};
constexpr NoiseKind kNoiseKinds[] = {NoiseKind::random, NoiseKind::covariance,
                                     NoiseKind::shuffled, NoiseKind::stretched};

// "random", "covariance", "shuffled", "shuffled, stretched".
std::string name_of(NoiseKind kind);

// Whether a slope has to leave this kind's band to be called steering.
bool decides(NoiseKind kind);

// Whether variants of this source are of that kind.
bool is_noise(storage::VariantSource source);
// The same of what was taken apart in a vector's place.
bool is_noise(storage::Control control);

// The kind of a variant that is_noise().
NoiseKind noise_kind(const storage::VariantRow& variant);

// Directions without a meaning that stand in for one vector at one dose rule
// under one operation, a seed each.
struct Noise {
  NoiseKind kind = NoiseKind::random;
  SteeredPlace place;
  std::vector<const Steerability*> seeds;  // never empty
};

// All noise that a sweep has, in the order of the results. Refers to `all`.
std::vector<Noise> noise_of(const storage::Results& results,
                            const std::vector<Steerability>& all);

// The content slopes of the seeds that have one.
std::vector<double> content_slopes(const Noise& noise);

// Whether the sign of such a direction is as often one as the other and its
// slopes turn with it: isotropic and covariance noise, multipliers symmetric
// around 0, and no operation to which v and -v are the same.
bool is_symmetric(const Noise& noise);

// Seeds as a random effect: the mean of their content slopes, and where 95 % of
// further directions of the kind lie on these items; around 0 where
// is_symmetric(), else around their mean. NaN limits where there are too few
// seeds for one.
Interval band_of(const Noise& noise);

}  // namespace coxswain::analysis
