#include "analysis/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/coverage.hpp"

namespace coxswain::analysis {
namespace {
constexpr MakeTable kTables[] = {steerability_table,
                                 top_features_table,
                                 code_differences_table,
                                 decomposition_methods_table,
                                 planted_table,
                                 saes_table,
                                 norms_table,
                                 activation_norms_table,
                                 default_components_table,
                                 negative_features_table};
}  // namespace

std::vector<Table> make_report(const storage::Results& results) {
  std::vector<Table> tables;
  for (const MakeTable make : kTables) {
    Table table = make(results);
    if (table.rows.empty()) continue;
    show_coverage(table);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string completeness(const storage::Results& results) {
  const auto done = std::count_if(
      results.cells.begin(), results.cells.end(),
      [](const storage::CellRow& cell) { return cell.state == 0; });
  if (done == std::ssize(results.cells)) return "";
  return fmt::format("{} of {} cells; the numbers below are made of these",
                     done, results.cells.size());
}

}  // namespace coxswain::analysis
