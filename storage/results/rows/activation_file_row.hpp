#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A file beside results.h5 that holds activations.
struct ActivationFileRow {
  std::int32_t id = 0;
  Text<32> file;
  Text<64> digest;
  std::int64_t bytes = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
