#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// An item under one variant and multiplier.
struct PropensityRow {
  std::int64_t cell = 0;
  std::int32_t item = 0, variant = 0, layer = 0;
  double multiplier = 0, dose = 0;
  std::int32_t positions = 0;
  float logit_match = 0, logit_other = 0, log_sum_exp = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
