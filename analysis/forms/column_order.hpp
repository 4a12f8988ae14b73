#pragma once

#include <cstddef>
#include <vector>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// In which order a screen shows the columns of a table, which it may not have
// the width for.

// How many of the first columns name a row (behaviour, layer, variant, SAE,
// method, vector): three at most, one at least.
std::size_t n_keys(const Table& table);

// Every column once: those that name a row; what a reader looks for first
// (slope, n, clusters, p, then verdict and what is retained); the others as
// they are.
std::vector<std::size_t> reading_order(const Table& table);

}  // namespace coxswain::analysis
