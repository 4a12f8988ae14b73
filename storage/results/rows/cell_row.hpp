#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A cell of the sweep's grid: one result, and whether it was computed.
struct CellRow {
  std::uint64_t key_high = 0, key_low = 0;
  std::uint8_t kind = 0, state = 0, reason = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
