#include "analysis/report.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("contexts are cut around their token", "[analysis][contexts_table]") {
  storage::Results results = tests::toy_results();
  storage::ContextRow row;
  row.sae = 1;
  row.feature = 7;
  row.value = 2.5;
  row.text = 3;
  row.position = 4;
  std::string points(58, '.');
  points += "\u00e9 ";
  std::string before(10, '-');
  before += points;
  row.before = {before};
  row.token = {"end"};
  row.after = {" of the line and everything beyond it"};
  results.contexts = {row};
  const Table table = tests::table_of(contexts_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(tests::shown(table, 0, "SAE") == "early");
  CHECK(tests::shown(table, 0, "f(h)") == "2.500");
  points += "\u00abend\u00bb of the line and everything be";
  CHECK(tests::shown(table, 0, "context") == points);
}
