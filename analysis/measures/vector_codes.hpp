#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/measures/decompositions.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What SAEs say of the steering vectors themselves and of the zero vector.

// At most five, as the paper's Table 1 has.
using Ranked = std::vector<const storage::FeatureRow*>;

// The strongest features of each row of tables/decompositions that has some.
std::map<std::int32_t, Ranked> strongest_features(
    const storage::Results& results);

// "4888=89.06 15603=35.94", or "none".
std::string spelled(const Ranked& features);

std::vector<std::int32_t> ids_of(const Ranked& features);

// Codes of the vectors and of the zero vector: an SAE's own convention as one
// block, the other one below it; zero first, larger factors last.
Picked codes_of_vectors(const storage::Results& results);

// "zero vector", or the behaviour of a row of tables/vectors.
std::string vector_name(const storage::Results& results, std::int32_t row);

}  // namespace coxswain::analysis
