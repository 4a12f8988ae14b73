#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A vector, or what stands in for it, taken apart by one SAE in one way.
struct DecompositionRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, layer = 0, vector = -1, sae = 0, method = 0,
               control = 0, seed = -1, resample = -1;
  std::int32_t other = -1, draw = -1;
  double parameter = 0, scale = 1;
  std::uint8_t b_dec_input = 0, b_dec_output = 0;
  std::int32_t n_atoms = 0;
  double norm = 0, norm_ratio = 0, cosine = 0, explained_variance = 0,
         residual_cosine = 0;
  std::int32_t negative_encoder = 0, negative_decoder = 0;
  std::int32_t planted = -1, recovered = -1, recovered_signs = -1;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
