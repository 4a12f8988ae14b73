#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// The signs of a vector's code differences with x+ and x- exchanged at random.
struct SignNullRow {
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0, shuffles = 0, clusters = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
