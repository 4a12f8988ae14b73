#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table norms_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "norms";
  table.title = "Norms: each steering vector against what it is made of";
  table.columns = {{"behaviour"},     {"layer"},           {"pairs"},
                   {"|v|", 3},        {"|mean h(x+)|", 1}, {"|mean h(x-)|", 1},
                   {"median |h|", 1}, {"|v| / median", 4}};
  for (const storage::VectorRow& row : results.vectors) {
    table.coverage.push_back(covered(results, row.cell));
    table.rows.push_back({behaviour_name(results, row.behaviour),
                          std::int64_t{row.layer}, std::int64_t{row.n_pairs},
                          row.norm, row.positive_norm, row.negative_norm,
                          row.median_activation_norm,
                          row.norm / row.median_activation_norm});
  }
  return table;
}

}  // namespace coxswain::analysis
