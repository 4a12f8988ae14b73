#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// One of the strongest features of a decomposition.
struct FeatureRow {
  std::int64_t cell = 0;
  std::int32_t decomposition = 0, rank = 0, feature = 0;
  double value = 0, encoder_projection = 0, decoder_projection = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
