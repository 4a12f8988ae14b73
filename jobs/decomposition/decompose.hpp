#pragma once

#include <vector>

#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// One decompose task; `inputs` are the vector tasks' results.
TaskOutput decompose(const DecomposeTask& task,
                     const std::vector<storage::ArrayMap>& inputs,
                     const SparseAutoencoder& sae);

}  // namespace coxswain::jobs
