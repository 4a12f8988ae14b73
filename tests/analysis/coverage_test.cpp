#include "analysis/measures/coverage.hpp"

#include <catch2/catch.hpp>

#include "analysis/forms/table_text.hpp"
#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// The toy's four vectors are cells 0 to 3, decompositions follow; every cell is
// of kind 0 but those named.
storage::Results with_cells(const std::vector<int>& states) {
  storage::Results results = tests::toy_results();
  for (const int state : states) {
    storage::CellRow cell;
    cell.state = static_cast<std::uint8_t>(state);
    results.cells.push_back(cell);
  }
  for (std::size_t i = 0; i < results.vectors.size(); ++i) {
    results.vectors[i].cell = static_cast<std::int64_t>(i);
    results.vectors[i].norm = 1;
  }
  return results;
}

std::int64_t number(const TableCell& cell) {
  return std::get<std::int64_t>(cell);
}

}  // namespace

TEST_CASE("a table with missing cells says how many it has",
          "[analysis][coverage]") {
  Table table = tests::table_of(norms_table, with_cells({0, 2, 0, 1}));
  const std::string title = table.title;
  const std::size_t columns = table.columns.size();
  show_coverage(table);
  CHECK(table.title == title + " (2 of 4 cells)");
  REQUIRE(table.columns.size() == columns + 2);
  CHECK(table.columns.back().name == "of");
  CHECK(number(table.rows.at(0).at(columns)) == 1);
  CHECK(number(table.rows.at(1).at(columns)) == 0);
  CHECK(number(table.rows.at(3).at(columns + 1)) == 1);
}

TEST_CASE("a complete table stays as it is", "[analysis][coverage]") {
  Table table = tests::table_of(norms_table, with_cells({0, 0, 0, 0}));
  const std::string text = to_text(table);
  show_coverage(table);
  CHECK(to_text(table) == text);
}

TEST_CASE("a mean over seeds counts the cell of each seed",
          "[analysis][coverage]") {
  storage::Results results = with_cells({0, 0, 0, 0, 0, 0, 2, 2});
  for (const auto& [control, seed] :
       {std::pair{"none", -1}, {"random", 0}, {"random", 1}, {"shuffled", 0}}) {
    auto row = tests::toy_decomposition(1, 0, "encode", control, seed);
    row.cell = 4 + static_cast<std::int64_t>(results.decompositions.size());
    results.decompositions.push_back(row);
  }
  const Table table = tests::table_of(decomposition_methods_table, results);
  REQUIRE(table.coverage.size() == 1);
  CHECK(table.coverage[0].done == 2);
  CHECK(table.coverage[0].planned == 4);
  const Table saes = tests::table_of(saes_table, results);
  REQUIRE(saes.coverage.size() == 2);
  CHECK(saes.coverage[0].done == 2);
  CHECK(saes.coverage[1].planned == 0);
}

TEST_CASE("a variant counts items times multipliers", "[analysis][coverage]") {
  storage::Results results = with_cells({0, 0, 0, 0, 0, 2, 0, 2});
  results.variants.resize(2);
  for (int cell = 4; cell < 8; ++cell) {
    storage::PropensityRow row;
    row.cell = cell;
    row.variant = cell < 7 ? 0 : 1;
    results.propensity.push_back(row);
  }
  const std::vector<Coverage> coverage = covered_variants(results);
  CHECK(coverage.at(0).done == 2);
  CHECK(coverage.at(0).planned == 3);
  CHECK(coverage.at(1).done == 0);
  CHECK(coverage.at(1).planned == 1);
}

TEST_CASE("cells without a row count in the title", "[analysis][coverage]") {
  storage::Results results = with_cells({0, 0, 0, 0, 0, 2});
  results.cells[4].kind = results.cells[5].kind = 1;
  const Coverage kind = covered_kind(results, storage::CellKind::decomposition);
  CHECK(kind.done == 1);
  CHECK(kind.planned == 2);
  Table table;
  table.title = "T";
  table.columns = {{"a"}};
  table.rows = {{std::string("x")}};
  table.cells = kind;
  show_coverage(table);
  CHECK(table.title == "T (1 of 2 cells)");
  CHECK(table.columns.size() == 1);
}
