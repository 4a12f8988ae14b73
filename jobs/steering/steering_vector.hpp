#pragma once

#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// One shard of pairs: the residual stream at the read position of both
// strings at every layer asked for, and their sums, which are exact.
TaskOutput extract(const ExtractTask& task, const Transformer& model);

// What extract() gives, made of activations that were stored before, pair by
// pair; no model is needed.
TaskOutput import_activations(const ImportTask& task);

// v_L = (1/N) sum_i (h_L(x_i+) - h_L(x_i-)) (contrastive activation addition,
// Rimsky et al. 2024): differences in float32, mean in float64. Or what the
// task's method makes of the pairs (method_vectors.hpp), as long as v_L. A
// method of rows is given the extract tasks' bulk, others their results.
TaskOutput merge_vectors(const VectorTask& task,
                         const std::vector<storage::ArrayMap>& given);

}  // namespace coxswain::jobs
