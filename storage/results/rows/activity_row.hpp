#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// Activations that an SAE's features were looked at on.
struct ActivityRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, sae = 0, behaviour = -1, source = 0, excluded = 0;
  std::int64_t tokens = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
