#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// One of the strongest features of a vector's own code.
struct ActiveFeatureRow {
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0, rank = 0, feature = 0;
  double code = 0, code_zero = 0, mean_code_positive = 0,
         mean_code_negative = 0, rate_positive = 0, rate_negative = 0,
         encoder_projection = 0, decoder_projection = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
