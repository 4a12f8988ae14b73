#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_variant;
using tests::around;
using tests::shown;

namespace {

// Two originals with noise, so many reconstructions and one of nothing.
storage::Results steered(int methods) {
  storage::Results results = tests::toy_steered();
  for (const std::int32_t behaviour : {0, 1}) {
    add_variant(results, {.behaviour = behaviour, .slopes = around(2)});
    for (int i = 0; i < methods; ++i) {
      const auto row = static_cast<std::int32_t>(results.decompositions.size());
      tests::add_code(results,
                      tests::toy_decomposition(2 * behaviour, 1, "omp"), {});
      results.decompositions.back().parameter = i + 1;
      add_variant(results, {.source = "reconstruction",
                            .behaviour = behaviour,
                            .slopes = around(1),
                            .decomposition = row});
    }
    add_variant(results, {.source = "zero-reconstruction",
                          .behaviour = behaviour,
                          .slopes = around(0),
                          .decomposition = 0});
    tests::add_weak_noise(results, behaviour);
  }
  return results;
}

}  // namespace

TEST_CASE("the main table has what an answer rests on",
          "[analysis][main_table]") {
  storage::Results results = steered(2);
  std::int32_t seed = 0;
  for (const double slope : {-0.9, 0.9, 0.8}) {
    add_variant(results, {.source = "covariance",
                          .slopes = std::vector<double>(8, slope),
                          .seed = seed++});
  }
  const Table table = tests::table_of(main_table, results);
  REQUIRE(table.rows.size() == 10);
  CHECK(shown(table, 0, "behaviour") == "kind");
  CHECK(shown(table, 0, "layer") == "3");
  CHECK(shown(table, 0, "variant") == "original");
  CHECK(shown(table, 1, "variant") == "reconstruction (omp:1)");
  CHECK(shown(table, 3, "variant") == "zero-reconstruction (omp:1)");
  CHECK(shown(table, 4, "variant") == "covariance noise (3)");
  CHECK(shown(table, 9, "variant") == "random noise (4)");
  CHECK(shown(table, 0, "clusters") == "8");
  CHECK(shown(table, 0, "n") == "8");
  CHECK(table.notes.size() == 1);
}

TEST_CASE("twelve rows are the most, and it is said what they lack",
          "[analysis][main_table]") {
  const Table table = tests::table_of(main_table, steered(5));
  REQUIRE(table.rows.size() == 12);
  CHECK(shown(table, 3, "variant") == "reconstruction (omp:3)");
  CHECK_THAT(table.notes.back(),
             Contains("Left out: 4 rows of further methods"));
}

TEST_CASE("behaviours that have no room are counted",
          "[analysis][main_table]") {
  storage::Results results = steered(1);
  for (int i = 0; i < 2; ++i) {
    results.behaviours.push_back(results.behaviours[0]);
    const auto behaviour =
        static_cast<std::int32_t>(results.behaviours.size()) - 1;
    results.vectors.resize(results.vectors.size() + 2, results.vectors[0]);
    add_variant(results, {.behaviour = behaviour, .slopes = around(1)});
    tests::add_weak_noise(results, behaviour);
    add_variant(results, {.source = "zero-reconstruction",
                          .behaviour = behaviour,
                          .slopes = around(0),
                          .decomposition = 0});
  }
  const Table table = tests::table_of(main_table, results);
  CHECK(table.rows.size() == 11);
  CHECK_THAT(table.notes.back(), Contains("Left out: 1 behaviour ("));
}

TEST_CASE("what adds nothing has a line and no row", "[analysis][main_table]") {
  storage::Results results = steered(2);
  results.variants[1].norm = 0;
  const Table table = tests::table_of(main_table, results);
  CHECK(table.rows.size() == 9);
  CHECK_THAT(table.notes.back(),
             Contains("Adds nothing: reconstruction (omp:1)."));
  CHECK(tests::table_of(main_table, tests::toy_steered()).rows.empty());
}

namespace {

// What two behaviours have at the layer of their SAE, by these choices.
Table table_by(const ReportChoices& choices, int methods = 3) {
  return tests::table_of(main_table, steered(methods), choices);
}

std::vector<std::string> variants_of(const Table& table) {
  std::vector<std::string> names;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    names.push_back(shown(table, r, "variant"));
  }
  return names;
}

}  // namespace

TEST_CASE("methods that are named are the rows, and it is said",
          "[analysis][main_table]") {
  ReportChoices choices;
  choices.methods.values = {"omp:3", "omp:1"};
  const Table table = table_by(choices);
  REQUIRE(table.rows.size() == 10);
  CHECK(shown(table, 1, "variant") == "reconstruction (omp:3)");
  CHECK(shown(table, 2, "variant") == "reconstruction (omp:1)");
  CHECK(table.notes.at(1) == "Named by the sweep: methods omp:3 and omp:1.");
  choices.methods.afterwards = true;
  CHECK_THAT(table_by(choices).notes.at(1),
             Contains("Picked afterwards: methods omp:3 and omp:1; bands and p "
                      "are for all that could have been picked."));
}

TEST_CASE("layers that are named have their rows, one below the other",
          "[analysis][main_table]") {
  storage::Results results = steered(1);
  add_variant(results, {.layer = 5, .slopes = around(3)});
  ReportChoices choices;
  choices.layers.values = {5, 3};
  const Table table = tests::table_of(main_table, results, choices);
  CHECK(shown(table, 0, "layer") == "5");
  CHECK(shown(table, 1, "layer") == "3");
  CHECK(shown(table, 1, "variant") == "original");
  CHECK(table.notes.at(1) == "Named by the sweep: layers 5 and 3.");
}

TEST_CASE("a layer that was taken by its slope is said to be the best of some",
          "[analysis][main_table]") {
  storage::Results results = steered(1);
  results.saes.clear();
  add_variant(results, {.layer = 5, .slopes = around(3)});
  const Table table = tests::table_of(main_table, results);
  CHECK(shown(table, 0, "layer") == "5");
  CHECK(shown(table, 0, "content slope") == "3.000 [2.911, 3.089]");
  CHECK(table.notes.at(1) ==
        "kind, layer 5: best of 2 layers; its original [2.89, 3.11] for all 2 "
        "layers at once.");
}

TEST_CASE("rows are those that are named, below each original",
          "[analysis][main_table]") {
  ReportChoices choices;
  choices.rows = {"noise"};
  CHECK(variants_of(table_by(choices)) ==
        std::vector<std::string>{"original", "random noise (4)", "original",
                                 "random noise (4)"});
  choices.rows = {"random", "zero-reconstruction"};
  CHECK(variants_of(table_by(choices)) ==
        std::vector<std::string>{
            "original", "zero-reconstruction (omp:1)", "random noise (4)",
            "original", "zero-reconstruction (omp:1)", "random noise (4)"});
  choices.rows = {"reconstruction"};
  choices.methods.values = {"omp:2"};
  CHECK(variants_of(table_by(choices)) ==
        std::vector<std::string>{"original", "reconstruction (omp:2)",
                                 "original", "reconstruction (omp:2)"});
  choices = {};
  choices.rows = {"positive"};
  storage::Results results = steered(2);
  results.variants[2].part = static_cast<std::int32_t>(storage::Part::positive);
  const Table parts = tests::table_of(main_table, results, choices);
  REQUIRE(parts.rows.size() == 3);
  CHECK(shown(parts, 1, "variant") == "reconstruction (omp:2, positive)");
}

TEST_CASE("fewer rows can be asked for", "[analysis][main_table]") {
  ReportChoices choices;
  choices.most_rows = 8;
  const Table table = table_by(choices);
  CHECK(table.rows.size() == 8);
  CHECK_THAT(table.notes.back(),
             Contains("Left out: 4 rows of further methods"));
  choices.most_rows = 4;
  CHECK(table_by(choices).rows.size() == 4);
  CHECK_THAT(table_by(choices).notes.back(), Contains("and 1 behaviour ("));
}

TEST_CASE("columns and digits are those that are asked for",
          "[analysis][main_table]") {
  ReportChoices choices;
  choices.columns = {"p", "slope"};
  choices.decimals = 1;
  const Table table = table_by(choices);
  REQUIRE(table.columns.size() == 5);
  CHECK(table.columns[3].name == "p vs 0 / original");
  CHECK(table.columns[4].name == "content slope");
  // By its half-width 2.000 [1.911, 2.089].
  CHECK(shown(table, 0, "content slope") == "2.0 [1.9, 2.1]");
  choices.decimals = 0;
  CHECK(shown(table_by(choices), 0, "content slope") == "2 [2, 2]");
}
