#pragma once

#include <cstdint>
#include <limits>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A vector that acts on the stream by an operation, as it is at multiplier 1.
struct VariantRow {
  std::int32_t id = 0, model = 0, behaviour = 0, layer = 0, vector = -1,
               decomposition = -1, source = 0, part = 0, part_k = -1,
               norm_rule = 0, sign_rule = 0, dose_rule = 0, operation = 0,
               control = 0, seed = -1, other = -1, resample = -1, together = 1,
               train_clusters = -1, sae = -1, feature = -1;
  double clamped_to = kNotClamped, norm = 0, cosine = 0;

  static constexpr double kNotClamped =
      std::numeric_limits<double>::quiet_NaN();

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
