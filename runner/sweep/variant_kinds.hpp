#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jobs/task/enumerations.hpp"

namespace coxswain::runner {

// What is steered with, as sweep files spell it: variants of one source, and of
// shuffled ones those that are as long as they come out, or stretched to the
// vector's length.
struct VariantKind {
  jobs::VariantSource source = jobs::VariantSource::original;
  bool stretched = false;
  bool operator==(const VariantKind&) const = default;
};

// A kind of noise: how many of it, and where.
struct NoiseEntry {
  VariantKind kind;
  int seeds = 1;            // a layer
  std::vector<int> layers;  // of those of [steer]
  bool operator==(const NoiseEntry&) const = default;
};

// "original", "shuffled-stretched".
std::string spelling(const VariantKind& kind);
// The kind that is spelled so; none for vectors of resampled or fewer pairs,
// which are there by [vector] resample and train_clusters, and for features,
// which are by [[feature]].
std::optional<VariantKind> variant_kind_named(const std::string& name);
// All that a sweep can name, in the order of the enumeration.
std::vector<VariantKind> variant_kinds();
// Those that random numbers make, in the order in which they are planned.
std::vector<VariantKind> noise_kinds();

// How long a variant of this kind is.
jobs::NormRule norm_rule_of(const VariantKind& kind);
// The kind of a variant of a plan.
VariantKind kind_of(jobs::VariantSource source, jobs::NormRule norm_rule);

}  // namespace coxswain::runner
