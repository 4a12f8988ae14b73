#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// The norms of a layer's activations, from one source and without one
// exclusion.
struct NormRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, behaviour = -1, layer = 0, source = 0, excluded = 0;
  std::int64_t count = 0;
  double mean = 0, sd = 0, min = 0, max = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
