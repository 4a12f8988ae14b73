#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// An SAE of the sweep, for one model: what it is, and how well it fits that
// model's activations.
struct SaeRow {
  std::int32_t id = 0;
  Text<64> name;
  Text<64> digest;
  Text<16> format, architecture;
  std::int32_t model = 0, layer = 0, d_in = 0, d_sae = 0;
  std::uint8_t b_dec_input = 0;
  Text<32> normalisation, decoder_norms;
  std::int32_t k = 0;
  double input_scale = 0;
  std::uint8_t any_fit = 0;
  double explained_variance = 0, l0 = 0, dead_share = 0, activation_norm = 0,
         explained_variance_other = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
