#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A token of the reference text that a feature fires on, and the texts around
// it, cut to whole characters.
struct ContextRow {
  std::int64_t cell = 0;
  std::int32_t sae = 0, feature = 0, rank = 0;
  double value = 0;
  std::int32_t text = 0, position = 0;
  Text<192> before;
  Text<48> token;
  Text<96> after;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
