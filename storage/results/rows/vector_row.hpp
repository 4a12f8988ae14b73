#pragma once

#include <cstdint>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// A steering vector: one behaviour at one layer, of all pairs or of a resample.
struct VectorRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, behaviour = 0, layer = 0, method = 0, resample = -1,
               n_pairs = 0;
  std::int32_t n_matching_a = 0, n_matching_b = 0, n_clusters = -1;
  double norm = 0, positive_norm = 0, negative_norm = 0,
         median_activation_norm = 0, letter_norm = 0, letter_cosine = 0;

  static const TableSchema& schema();
};

}  // namespace coxswain::storage
