#include "analysis/forms/column_order.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace coxswain::analysis;

namespace {

Table with(const std::vector<TableColumn>& columns) {
  Table table;
  table.columns = columns;
  return table;
}

std::vector<std::string> ordered(const Table& table) {
  std::vector<std::string> names;
  for (const std::size_t c : reading_order(table)) {
    names.push_back(table.columns.at(c).name);
  }
  return names;
}

}  // namespace

TEST_CASE("what names a row stands first, then what is looked for",
          "[analysis][column_order]") {
  const Table table = with({{"behaviour"},
                            {"layer"},
                            {"variant"},
                            {"answer slope"},
                            {"steers"},
                            {"content slope"},
                            {"position"},
                            {"clusters"},
                            {"p same (adjusted)", 3, NumberKind::probability},
                            {"n"},
                            {"retained"}});
  CHECK(n_keys(table) == 3);
  CHECK(ordered(table) == std::vector<std::string>{
                              "behaviour", "layer", "variant", "content slope",
                              "n", "clusters", "p same (adjusted)", "steers",
                              "retained", "answer slope", "position"});
}

TEST_CASE("columns of other names stay as they are",
          "[analysis][column_order]") {
  const Table table = with({{"SAE"}, {"feature"}, {"text"}});
  CHECK(n_keys(table) == 1);
  CHECK(ordered(table) == std::vector<std::string>{"SAE", "feature", "text"});
  // One column names rows, whatever it is called.
  CHECK(n_keys(with({{"anything"}, {"layer"}})) == 1);
  CHECK(n_keys(with({{"behaviour"}, {"SAE"}, {"method"}, {"layer"}})) == 3);
}
