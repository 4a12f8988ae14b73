#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// Side of a token that both strings of an item begin with.
constexpr std::uint8_t kBothSides = 2;

// A token whose activations are stored: a row of each layer's.
struct ActivationRow {
  std::int64_t cell = 0;
  std::int32_t item = 0;
  std::uint8_t side = 0;
  std::int32_t position = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
