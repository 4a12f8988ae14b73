#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A feature that fires differently on the two sides of a vector's pairs.
struct CodeDifferenceRow {
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0, rank = 0, feature = 0;
  double mean_code_positive = 0, mean_code_negative = 0, encoder_projection = 0,
         decoder_projection = 0, code = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
