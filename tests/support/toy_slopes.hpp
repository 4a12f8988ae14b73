#pragma once

#include <string>
#include <vector>

#include "analysis/report.hpp"
#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// toy_results() with the names of variants, and eight items in words, each a
// cluster of its own.
storage::Results toy_steered();

// Steers with the vector of a behaviour (0, 1) at layer 3 or 5; an item each
// has its slope, exactly, NaN for one that was not computed. A decomposition is
// a row that is there already. Returns the row of tables/variants.
struct ToyVariant {
  std::string source = "original";
  std::int32_t behaviour = 0, layer = 3;
  std::vector<double> slopes = {};
  std::int32_t decomposition = -1;
  std::int32_t seed = -1;
  double cosine = 1;
  std::int32_t resample = -1;
  storage::NormRule norm_rule = storage::NormRule::equal;
};
std::int32_t add_variant(storage::Results& results, const ToyVariant& variant);

// The slopes of eight items, in turn above and below their mean.
std::vector<double> around(double slope, double spread = 0.1);

// Four random directions in place of that vector, whose slopes are -0.2, 0.1,
// -0.1 and 0.2 on all eight items: what is 1 steers.
void add_weak_noise(storage::Results& results, std::int32_t behaviour = 0,
                    std::int32_t layer = 3);

// One table of the report.
analysis::Table table_of(analysis::MakeTable make,
                         const storage::Results& results,
                         const analysis::ReportChoices& choices = {});

// What make_figures() gives one kind of figures.
std::vector<analysis::Figure> figures_of(
    analysis::MakeFigures make, const storage::Results& results,
    const analysis::ReportChoices& choices = {});

}  // namespace coxswain::tests
