#pragma once

#include <cstdint>
#include <vector>

#include "analysis/measures/steerability.hpp"

namespace coxswain::analysis {

// What two variants measured on the same items.
struct SharedItems {
  std::vector<std::int32_t> items;    // rows of tables/items, ascending
  std::vector<double> first, second;  // the slopes of each
};

// The items that both have.
SharedItems shared_items(const Steerability& first, const Steerability& second);

}  // namespace coxswain::analysis
