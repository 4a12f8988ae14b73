#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/report/exported_names.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::runner {

// A vector of the results as other programs get it.
struct ExportedVector {
  std::int32_t model = 0;  // row of tables/models
  std::int32_t layer = 0;  // block
  ExportedName name;
  std::string metadata;     // JSON: where it comes from, and its measures
  std::string_view values;  // [d_model] float32, in the results' arrays
};

// All vectors of some results, and how many there could have been.
struct ExportedVectors {
  std::string hook;         // where they were read and belong
  std::size_t rows = 0;     // of the tables that vectors were taken from
  std::size_t missing = 0;  // of these, not computed or not finite
  std::vector<ExportedVector> vectors;  // of the others, by table and row
};

// The steering vectors (tables/vectors), what SAEs made of them
// (tables/decompositions) and what else was added (tables/variants; those that
// are the vector itself are there once). Refers to `results`. Throws
// StorageError for results whose tables don't fit each other.
ExportedVectors exported_vectors(const storage::Results& results);

// At that place of the residual stream control vectors are added.
bool is_resid_post(const std::string& hook);

}  // namespace coxswain::runner
