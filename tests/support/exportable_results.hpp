#pragma once

#include <string>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// Results of one model, "toy/7b", with vectors of width 4. Behaviours "kind"
// and "../curt", a vector of each at layers 0 and 3 (rows 0: kind 0, 1: kind 3,
// 2: curt 0, 3: curt 3), an SAE of each layer ("layer_0_16k", "layer_3_16k"),
// and the names of the program's enumerations. Row i of arrays/vectors is
// (i, 1, 2, 3).
storage::Results exportable_results();

// A vector (row) encoded by an SAE (row), at the SAE's layer.
storage::DecompositionRow encoded(std::int32_t vector, std::int32_t sae);
// A vector rebuilt from a part of its decomposition, as long as itself.
storage::VariantRow rebuilt(std::int32_t vector, std::int32_t decomposition,
                            const std::string& part);

// A row of tables/decompositions or tables/variants with its vector.
std::int32_t add_decomposition(storage::Results& results,
                               const storage::DecompositionRow& row,
                               const std::vector<float>& values);
std::int32_t add_variant(storage::Results& results, storage::VariantRow row,
                         const std::vector<float>& values);

// The program's number of a name of an enumeration.
std::int32_t id_of(const std::string& enumeration, const std::string& name);

}  // namespace coxswain::tests
