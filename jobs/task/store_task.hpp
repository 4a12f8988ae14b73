#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/model_source.hpp"
#include "jobs/task/pair_strings.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// Residual stream at the tokens from keep_from on, to be stored. Rows are pair
// after pair: what is kept of `shared`, once, then x+'s rest, then x-'s.
// -> bulk: activations [n_layers, n_rows, d_model] of `dtype`
struct StoreTask {
  ModelSource model;
  std::vector<PairStrings> pairs;
  std::vector<std::int32_t> layers;
  storage::DType dtype = storage::DType::f32;  // or bf16
};

}  // namespace coxswain::jobs
