#pragma once

#include <string>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Rows of tables/decompositions that a table shows. A sweep can ask for the
// same decomposition under several conventions on b_dec; a table that printed
// them all could not be read. Pointers into the results, in their order.
using Picked = std::vector<const storage::DecompositionRow*>;

// Made of all pairs, b_dec not added to the output; with it where the sweep has
// nothing else.
Picked without_b_dec(const storage::Results& results);

// Those of `rows` with the SAE's own convention on the input; with the other
// one where the sweep has nothing else.
Picked own_convention(const storage::Results& results, const Picked& rows);

// False for "other": b_dec is kept on the input of an SAE that subtracts it, or
// the other way round.
bool is_own_convention(const storage::Results& results,
                       const storage::DecompositionRow& row);

// "own" or "other", and "own, added" where b_dec is in the output.
std::string convention_name(const storage::Results& results,
                            const storage::DecompositionRow& row);

// Whether it is made of a decomposition that a vector is held against: one of
// several of its kind that the vector's own atoms have no part in choosing.
bool is_support_control(const storage::Results& results,
                        const storage::DecompositionRow& row);
bool is_support_control(const storage::Results& results,
                        const storage::VariantRow& row);

}  // namespace coxswain::analysis
