#pragma once

#include <cstdint>
#include <vector>

#include "storage/results/results.hpp"

namespace coxswain::analysis {

// One coefficient of a decomposition.
struct Atom {
  std::int32_t feature = -1;
  float coefficient = 0;
};

// All of a decomposition, the largest first, ties to the lower feature: the
// order in which parts of it count them. Of those that tables/features has it
// is the order there, which was made before coefficients were rounded to
// float32. Empty for a row that results.h5 has no codes of.
std::vector<Atom> atoms_of(const storage::Results& results,
                           std::int32_t decomposition);

// The feature that a variant is of: a feature's own, or that of the atom which
// its part is, or is without; -1 for any other, and where there is no such
// atom.
std::int32_t feature_of(const storage::Results& results,
                        const storage::VariantRow& variant);

}  // namespace coxswain::analysis
