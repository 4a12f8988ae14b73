#pragma once

#include <string>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Stands for the kind of noise whose band reaches farthest.
constexpr const char* kStrongestNoise = "noise";

// What a sweep's [report] calls such a variant: "reconstruction" of a whole
// one, the part of another one ("positive", "first:16"), else its kind as
// [steer] spells it ("zero-reconstruction", "shuffled-stretched"). Empty for
// what it can't name: resampled vectors, and parts of the zero vector's
// reconstruction.
std::string row_word(const storage::Results& results,
                     const storage::VariantRow& row);

}  // namespace coxswain::analysis
