#pragma once

#include <functional>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Rows whose codes are in memory at once.
constexpr std::int64_t kActivityRows = 1024;

// Into how many a task parts its activations: see ActivityTask.
inline std::int64_t activity_groups(const ActivityTask& task) {
  return task.sinks_apart ? 4 : 2;
}

// How often and how strongly an SAE's features fire on activations of its
// layer, under its own convention for b_dec, and how far these reach along its
// encoder's columns. Without texts the activations are the inputs' x+ and x-
// (extract tasks' bulk), and no model is asked for. Throws JobError or
// storage::StorageError.
TaskOutput feature_activity(const ActivityTask& task,
                            const std::vector<storage::ArrayMap>& inputs,
                            const SparseAutoencoder& sae,
                            const std::function<const Transformer&()>& model);

}  // namespace coxswain::jobs
