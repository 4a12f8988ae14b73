#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/forms/table.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// Results without numbers: behaviours "kind" and "curt", a vector of each at
// layers 3 and 5 (rows 0: kind 3, 1: kind 5, 2: curt 3, 3: curt 5), SAEs "late"
// (row 0, layer 5, subtracts b_dec) and "early" (row 1, layer 3, keeps it), and
// the names of methods and controls.
storage::Results toy_results();

// A row of tables/decompositions: scale 1, the SAE's own convention, nothing
// added, cosine 0.5, 4 atoms. vector -1 is the zero vector.
storage::DecompositionRow toy_decomposition(std::int32_t vector,
                                            std::int32_t sae,
                                            const std::string& method,
                                            const std::string& control = "none",
                                            std::int32_t seed = -1);

// Adds it with its strongest features, and their values, in that order.
void add_code(storage::Results& results, const storage::DecompositionRow& row,
              const std::vector<std::pair<std::int32_t, double>>& features);
// Adds a code whose values fall by one from 9.5 on.
void add_falling_code(storage::Results& results,
                      const storage::DecompositionRow& row,
                      const std::vector<std::int32_t>& features);

// Exchanges of x+ and x- behind a vector's code differences: how many gave 0, 1
// and so on features of ++, +-, -+ and --.
void add_sign_null(storage::Results& results, std::int32_t vector,
                   std::int32_t sae,
                   const std::vector<std::vector<std::int32_t>>& counts,
                   std::int32_t clusters = 12);

// A cell by the name of its column, as people see it. Throws
// std::out_of_range.
std::string shown(const analysis::Table& table, std::size_t row,
                  const std::string& column);

// Features that a table says its cells name: "top 5: 8 7" a cell of the row.
std::vector<std::string> features_named(const analysis::Table& table,
                                        std::size_t row);

}  // namespace coxswain::tests
