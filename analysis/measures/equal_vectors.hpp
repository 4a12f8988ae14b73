#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Of each variant of `order` (rows of tables/variants) the first of these that
// stands in for the same vector at the same dose rule and adds the same bytes
// with the same sign rule: itself where it is that. Its own row, too, where
// arrays/variant_vectors has no bytes, or they were not computed; -1 of
// variants that are not in `order`.
std::vector<std::int32_t> equal_vectors(const storage::Results& results,
                                        std::span<const std::int32_t> order);

}  // namespace coxswain::analysis
