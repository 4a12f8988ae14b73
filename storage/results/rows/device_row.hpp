#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A kind of device that computed.
struct DeviceRow {
  std::int32_t id = 0;
  Text<16> kind;
  Text<256> numerics;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
