#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A contrast pair of a data set: a training pair, or an item that is steered.
struct ItemRow {
  std::int32_t behaviour = 0, item = 0, line = 0;
  std::uint8_t split = 0, option_order = 0;
  Text<4> matching_letter;
  std::int32_t cluster = 0, tokens = 0, read_position = 0, steer_from = 0;
  std::int32_t token_match = 0, token_other = 0;
  std::int32_t matching_answer = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
