#include "analysis/measures/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace coxswain::analysis {
namespace {

bool is_done(const storage::CellRow& cell) {
  return is(cell.state, storage::CellState::done);
}

// One entry a value of row.*index.
template <class Row>
std::vector<Coverage> by_index(const storage::Results& results,
                               const std::vector<Row>& rows,
                               std::int32_t Row::*index, std::size_t size) {
  std::vector<Coverage> all(size);
  for (const Row& row : rows) {
    all.at(static_cast<std::size_t>(row.*index)) += covered(results, row.cell);
  }
  return all;
}

}  // namespace

Coverage covered(const storage::Results& results, std::int64_t cell) {
  // Results that tests make up may have no cells: 0 of 0 is not counted.
  if (results.cells.empty()) return {};
  const auto& row = results.cells.at(static_cast<std::size_t>(cell));
  return {is_done(row) ? 1 : 0, 1};
}

Coverage covered_kind(const storage::Results& results, storage::CellKind kind) {
  Coverage all;
  for (const storage::CellRow& cell : results.cells) {
    if (!is(cell.kind, kind)) continue;
    all += {is_done(cell) ? 1 : 0, 1};
  }
  return all;
}

std::vector<Coverage> covered_variants(const storage::Results& results) {
  return by_index(results, results.propensity, &storage::PropensityRow::variant,
                  results.variants.size());
}

std::vector<Coverage> covered_saes(const storage::Results& results) {
  return by_index(results, results.decompositions,
                  &storage::DecompositionRow::sae, results.saes.size());
}

void show_coverage(Table& table) {
  const Coverage all = cells_of(table);
  if (all.done == all.planned) return;
  table.title += fmt::format(" ({} of {} cells)", all.done, all.planned);
  if (table.coverage.empty()) return;
  table.columns.insert(table.columns.end(), {{"cells"}, {"of"}});
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Coverage& one = table.coverage.at(row);
    table.rows[row].insert(table.rows[row].end(), {one.done, one.planned});
  }
}

std::string completeness(const storage::Results& results) {
  const auto done = std::ranges::count_if(results.cells, is_done);
  if (done == std::ssize(results.cells)) return "";
  return fmt::format("{} of {} cells; the numbers below are made of these",
                     done, results.cells.size());
}

}  // namespace coxswain::analysis
