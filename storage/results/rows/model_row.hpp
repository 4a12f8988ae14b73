#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A model of the sweep.
struct ModelRow {
  std::int32_t id = 0;
  Text<64> name;
  Text<64> digest;
  Text<64> tokenizer_digest;
  Text<16> format, family, dtype;
  std::int32_t n_layers = 0, d_model = 0, n_heads = 0, d_head = 0, d_vocab = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
