#pragma once

#include <string>
#include <vector>

#include "jobs/steering/pair_activations.hpp"
#include "jobs/steering/pair_direction.hpp"
#include "jobs/task/vector_task.hpp"

namespace coxswain::jobs {

// What a method makes of a behaviour's pairs, layer by layer.
struct MethodVectors {
  // [n_layers, d_model] float64, each as long as the mean difference of its
  // layer, so that multipliers mean the same; NaN where there is none.
  at::Tensor vectors;
  std::vector<std::string> failures;  // of each layer: why; empty: there is one
};

// `means`, `positive_means` [n_layers, d_model] float64: of x+ - x- and of x+.
// `inputs`: the extract tasks' bulk, for a method of rows.
MethodVectors method_vectors(const VectorTask& task,
                             const std::vector<storage::ArrayMap>& inputs,
                             const at::Tensor& means,
                             const at::Tensor& positive_means);

// The same pairs, row by row in the order of their bytes: what is made of them
// then has no other bits if they come in another order.
PairActivations in_order_of_bytes(const PairActivations& pairs);

}  // namespace coxswain::jobs
