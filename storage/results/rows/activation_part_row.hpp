#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// Rows of a behaviour's activations at one layer, and the file they lie in.
struct ActivationPartRow {
  std::int32_t file = 0, behaviour = 0, layer = 0;
  std::int64_t first_row = 0, n_rows = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
