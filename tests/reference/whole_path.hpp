#pragma once

// What the tests of the whole path share: reading references, tolerances,
// extracting as a sweep does, slopes by the report's own code.

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <vector>

#include "analysis/measures/steerability.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/steering/behaviour.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::tests {

// Eight times the reference's own float32-float64 distances (PIPELINE.md,
// section 4): logits 3.1e-5; activations 1.8e-6 and differences of pairs
// 3.0e-6 of their norm.
constexpr double kLogits = 8 * 3.1e-5;
constexpr double kActivations = 8 * 1.8e-6;
constexpr double kDifferences = 8 * 3.0e-6;
constexpr double kCodes = 2e-6;  // of the row's maximum (SAES.md)

at::Tensor tensor(const storage::ArrayMap& arrays, const std::string& name);

// Largest |a - b|, and largest |a - b| / |b| over rows; infinite if the shapes
// differ.
double worst(const at::Tensor& ours, const at::Tensor& theirs);
double worst_by_norm(const at::Tensor& ours, const at::Tensor& theirs);

// Items first .. first + n, as far as there are.
std::vector<jobs::ContrastTokens> tokens_of(
    const std::vector<jobs::BehaviourItem>& items, std::size_t first,
    std::size_t n);

struct Extracted {
  storage::ArrayMap merged;  // of the vector task
  at::Tensor first_pairs;    // [n_layers, up to 64, 2, d_model]
};

// Vectors of all pairs, in tasks as a sweep cuts them.
Extracted extract_all(const jobs::Transformer& model,
                      const std::vector<jobs::BehaviourItem>& train,
                      const std::vector<std::int32_t>& layers);

// Slopes of logits [n_items, n_variants, n_multipliers], by variant.
std::vector<analysis::Steerability> steerability_of(
    const std::vector<jobs::BehaviourItem>& items, std::size_t n_variants,
    const std::vector<double>& multipliers, const at::Tensor& match,
    const at::Tensor& other);

// SmolLM2 and the reference text as PIPELINE.md's section 5 takes it.
struct ReferenceText {
  jobs::Transformer model;
  std::vector<std::vector<std::int32_t>> texts;
};
// Nothing, and a line that says so, where the model is not here.
std::optional<ReferenceText> reference_text();

}  // namespace coxswain::tests
