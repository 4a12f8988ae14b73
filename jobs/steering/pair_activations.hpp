#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// What a steering vector was made of: resid_post of one layer at the read
// position, pair by pair. float32.
struct PairActivations {
  at::Tensor positive, negative;  // [n_pairs, d_model]
};

// The activations that `n` consecutive extract results kept, the first of them
// inputs[first]. Throws storage::StorageError if they were not kept.
PairActivations pair_activations(const std::vector<storage::ArrayMap>& inputs,
                                 std::size_t first, std::size_t n,
                                 std::int64_t layer);

}  // namespace coxswain::jobs
