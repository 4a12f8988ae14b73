#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/forms/table.hpp"
#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// 1 of 1 if the cell (row of tables/cells) was computed, 0 of 1 if not; 0 of 0
// in results without cells.
Coverage covered(const storage::Results& results, std::int64_t cell);

// All cells of one kind.
Coverage covered_kind(const storage::Results& results, storage::CellKind kind);

// The propensities of each variant: items x multipliers.
std::vector<Coverage> covered_variants(const storage::Results& results);

// The decompositions by each SAE.
std::vector<Coverage> covered_saes(const storage::Results& results);

// If cells of the table are missing: how many there are, in the title and in
// two columns. Else nothing.
void show_coverage(Table& table);

// "806 of 808 cells ..." if some are missing or quarantined, else empty.
std::string completeness(const storage::Results& results);

}  // namespace coxswain::analysis
