#include <catch2/catch.hpp>

#include "analysis/report.hpp"
#include "storage/results/enumerations.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

namespace {

struct Feature {
  double positive, negative, encoder, decoder, code;
};

void add(storage::Results& results, std::int32_t vector, std::int32_t sae,
         const std::vector<Feature>& features) {
  for (const Feature& one : features) {
    results.code_differences.push_back({0, vector, sae, 0, 0, one.positive,
                                        one.negative, one.encoder, one.decoder,
                                        one.code});
  }
}

// A row of every sign, two of --, all by hand.
const std::vector<Feature> kEverySign{
    {2, 1, 0.5, 0.5, 3},    // ++
    {2, 1, -0.5, 0.5, 0},   // +-
    {1, 2, 0.5, -0.5, 0},   // -+, f(v) = 0 with a positive projection
    {1, 2, -0.5, -0.5, 0},  // --
    {0, 2, -0.5, -0.5, 4},  // --, kept active by its bias
    {1, 3, -0.5, -0.5, 0},  // --
};

const std::vector<std::string> kCounts{"features",
                                       "negative encoder",
                                       "negative decoder",
                                       "++",
                                       "+-",
                                       "-+",
                                       "--",
                                       "negative encoder and f(v) = 0"};

std::vector<std::string> counts(const Table& table, std::size_t row) {
  std::vector<std::string> all;
  for (const auto& column : kCounts) all.push_back(shown(table, row, column));
  return all;
}

}  // namespace

TEST_CASE("Table 2 counts signs of projections and crosses them with codes",
          "[analysis][code_differences_table]") {
  storage::Results results = tests::toy_results();
  add(results, 1, 0, kEverySign);
  const Table table = tests::table_of(code_differences_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(shown(table, 0, "behaviour") == "kind");
  CHECK(shown(table, 0, "layer") == "5");
  CHECK(shown(table, 0, "SAE") == "late");
  CHECK(counts(table, 0) ==
        std::vector<std::string>{"6", "4", "4", "1", "1", "1", "3", "3"});
}

TEST_CASE("exchanging the sides turns n of N into N - n and transposes signs",
          "[analysis][code_differences_table]") {
  storage::Results results = tests::toy_results();
  std::vector<Feature> exchanged;
  for (const Feature& one : kEverySign) {
    exchanged.push_back(
        {one.negative, one.positive, -one.encoder, -one.decoder, 0});
  }
  add(results, 1, 0, exchanged);
  const Table table = tests::table_of(code_differences_table, results);
  CHECK(counts(table, 0) ==
        std::vector<std::string>{"6", "2", "2", "3", "1", "1", "1", "2"});
}

TEST_CASE("Table 2 says whether -- is more than meaningless labels give",
          "[analysis][code_differences_table]") {
  storage::Results results = tests::toy_results();
  add(results, 1, 0, kEverySign);  // three of --
  add(results, 3, 0, kEverySign);
  results.vectors[3].n_clusters = 4;
  // 40 exchanges, of which three have as many, all with 0 to 4 of --.
  tests::add_sign_null(results, 1, 0,
                       {{40, 0, 0, 0, 0},
                        {40, 0, 0, 0, 0},
                        {0, 40, 0, 0, 0},
                        {1, 20, 16, 2, 1}});
  const Table table = tests::table_of(code_differences_table, results);
  REQUIRE(table.rows.size() == 2);
  CHECK(shown(table, 0, "-- by chance") == "1 [0, 3]");
  CHECK(shown(table, 0, "p of --") == "0.098");  // (1 + 3) / 41
  CHECK(shown(table, 0, "clusters") == "12");
  CHECK(shown(table, 0, "remark").empty());
  CHECK(shown(table, 1, "-- by chance") == shown(table, 1, "p of --"));
  CHECK(shown(table, 1, "clusters") == "4");
  CHECK(shown(table, 1, "remark") == "too few clusters (4)");
  CHECK_THAT(table.notes[4], Catch::Contains("counts of 40 exchanges"));
  CHECK_THAT(table.notes[5], Catch::Contains("It does not say that signs do "
                                             "not matter"));
}

TEST_CASE("exchanges that are missing are counted in Table 2's title",
          "[analysis][code_differences_table]") {
  storage::Results results = tests::toy_results();
  add(results, 1, 0, kEverySign);
  results.cells = {
      {1, 1, static_cast<std::uint8_t>(storage::CellKind::code_differences),
       static_cast<std::uint8_t>(storage::CellState::done), 0},
      {1, 2, static_cast<std::uint8_t>(storage::CellKind::sign_nulls),
       static_cast<std::uint8_t>(storage::CellState::missing), 0}};
  const Table table = tests::table_of(code_differences_table, results);
  CHECK(table.cells.done == 1);
  CHECK(table.cells.planned == 2);
}

TEST_CASE("without exchanges Table 2 says that nothing is known of chance",
          "[analysis][code_differences_table]") {
  storage::Results results = tests::toy_results();
  add(results, 1, 0, kEverySign);
  const Table table = tests::table_of(code_differences_table, results);
  CHECK(shown(table, 0, "remark").empty());
  REQUIRE(table.notes.size() == 5);
  CHECK_THAT(table.notes[4], Catch::Contains("nothing is known"));
}

TEST_CASE("Table 2 is a row a behaviour, layer and SAE, in that order",
          "[analysis][code_differences_table]") {
  storage::Results results = tests::toy_results();
  // As in the file: by SAE, then by vector.
  add(results, 1, 0, kEverySign);
  add(results, 3, 0, kEverySign);
  add(results, 0, 1, kEverySign);
  add(results, 2, 1, {kEverySign[0]});
  const Table table = tests::table_of(code_differences_table, results);
  REQUIRE(table.rows.size() == 4);
  CHECK(shown(table, 0, "behaviour") == "kind");
  CHECK(shown(table, 0, "SAE") == "early");
  CHECK(shown(table, 1, "SAE") == "late");
  CHECK(shown(table, 2, "behaviour") == "curt");
  CHECK(shown(table, 2, "layer") == "3");
  CHECK(shown(table, 2, "features") == "1");
}
