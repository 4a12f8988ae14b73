#include "analysis/tables/main_columns.hpp"

#include <catch2/catch.hpp>

#include "analysis/forms/table_text.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

TEST_CASE("every column that can be named has a number of each row",
          "[analysis][main_columns]") {
  storage::Results results = tests::toy_steered();
  tests::add_code(results, tests::toy_decomposition(0, 1, "encode"), {});
  tests::add_variant(results, {.slopes = tests::around(2), .cosine = 0.75});
  tests::add_variant(results, {.source = "reconstruction",
                               .slopes = tests::around(1),
                               .decomposition = 0,
                               .cosine = 0.5});
  tests::add_weak_noise(results);
  ReportChoices choices;
  choices.columns = main_column_names();
  CHECK(choices.columns ==
        std::vector<std::string>{"slope", "retained", "answer", "change",
                                 "mass", "cosine", "clusters", "n", "p"});
  const Table table = tests::table_of(main_table, results, choices);
  REQUIRE(table.rows.size() == 3);
  REQUIRE(table.columns.size() == 3 + choices.columns.size());
  CHECK(shown(table, 0, "content slope") == "2.000 [1.911, 2.089]");
  CHECK(shown(table, 0, "retained") == "1.00");
  CHECK(shown(table, 0, "cosine") == "0.75");
  CHECK(shown(table, 0, "clusters") == "8");
  CHECK(shown(table, 0, "p vs 0 / original") == "0.008");
  CHECK(shown(table, 1, "cosine") == "0.50");
  // An interval, and less than all.
  CHECK(shown(table, 1, "retained").starts_with("0.5"));
  CHECK(shown(table, 2, "variant") == "random noise (4)");
  CHECK(shown(table, 2, "retained") == "-");
  CHECK(shown(table, 2, "p vs 0 / original") == "-");
  CHECK(shown(table, 2, "cosine") == "0.00");
  CHECK(shown(table, 2, "n") == "8");
  // The same columns as the steerability table has, number for number.
  const Table whole = tests::table_of(steerability_table, results);
  for (const char* column : {"answer slope", "P change", "mass steered",
                             "cosine", "content slope"}) {
    for (std::size_t r = 0; r < 3; ++r) {
      INFO(column << " " << r);
      CHECK(shown(table, r, column) == shown(whole, r, column));
    }
  }
}

TEST_CASE("columns without a choice are those of every report",
          "[analysis][main_columns]") {
  std::vector<std::string> names;
  for (const TableColumn& column : main_columns({})) {
    names.push_back(column.name);
    CHECK_FALSE(column.fixed);
  }
  CHECK(names == std::vector<std::string>{"content slope", "retained",
                                          "clusters", "n",
                                          "p vs 0 / original"});
  CHECK(main_columns_note({}) ==
        "p: that an original's slope is 0; that another's is its original's; "
        "both adjusted over their family. Noise (N): its band, N directions.");
  ReportChoices choices;
  choices.columns = {"slope", "cosine"};
  CHECK(main_columns_note(choices) ==
        "Cosine: with the vector. Noise (N): its band, N directions.");
}
