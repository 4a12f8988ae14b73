#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// What a small integer of other tables means: a row of names/*.
struct NameRow {
  std::int32_t id = 0;
  Text<32> name;
  Text<160> description;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
