#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What variants have in common that are set beside each other: the vector that
// they stand for, the rule of its dose, and what is done with it. Slopes of
// several operations are in several units.
struct SteeredPlace {
  std::int32_t vector = -1, dose_rule = 0, operation = 0;

  auto operator<=>(const SteeredPlace&) const = default;
};

SteeredPlace place_of(const storage::VariantRow& variant);

// For each behaviour (row of tables/behaviours) the operation that answers and
// figures are about: what is done with its original vectors, addition if they
// are added; of several others the first of names/operations.
std::vector<std::int32_t> main_operations(const storage::Results& results);

}  // namespace coxswain::analysis
