#include "analysis/page/origins.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("rows lead to the cells, items and digests behind them",
          "[analysis][origins]") {
  storage::Results results = tests::toy_steered();
  results.behaviours[0].digest = {"0123456789abcdef0123"};
  results.decompositions.push_back(tests::toy_decomposition(0, 1, "encode"));
  tests::add_variant(results, {.slopes = {1, 2}});
  tests::add_variant(
      results,
      {.source = "reconstruction", .slopes = {1, 2}, .decomposition = 0});
  Table table;
  table.columns = {{"behaviour"}, {"variant"}, {"SAE"}};
  table.rows = {
      {std::string("kind"), std::string("original"), std::string()},
      {std::string("kind"), std::string("both"), std::string("early")}};
  table.made_of = {{0}, {0, 1}};
  Origins origins(results);
  CHECK(origins.links(table, 0) ==
        std::vector<std::string>{"data-0", "from-0", ""});
  // The same behaviour is linked once, the same list is the same row.
  CHECK(origins.links(table, 1) ==
        std::vector<std::string>{"", "from-1", "sae-1"});
  CHECK(origins.link({0}) == "from-0");
  CHECK(origins.link({}).empty());

  const Table from = origins.table();
  REQUIRE(from.rows.size() == 2);
  CHECK(tests::shown(from, 0, "variant") == "original");
  CHECK(tests::shown(from, 0, "items") == "2");
  CHECK(tests::shown(from, 0, "SHA-256 of the data") == "0123456789ab");
  CHECK(tests::shown(from, 1, "row of variants") == "0 to 1");
  const auto n = [&](std::int32_t variant) {
    return std::ranges::count(results.propensity, variant,
                              &storage::PropensityRow::variant);
  };
  CHECK(tests::shown(from, 0, "propensities") == std::to_string(n(0)));
  CHECK(tests::shown(from, 1, "propensities") == std::to_string(n(0) + n(1)));
  REQUIRE(origins.rows().size() == 2);
  CHECK(origins.rows()[1].id == "from-1");
  CHECK(origins.rows()[0].links[0] == "data-0");
}

TEST_CASE("a vector that a row is of leads to its data, once in each column",
          "[analysis][origins]") {
  const storage::Results results = tests::toy_steered();
  Origins origins(results);
  Table table;
  table.columns = {{"SAE"}, {"vector"}};
  table.rows = {{std::string("early"), std::string("kind")},
                {std::string("early"), std::string("zero vector")}};
  CHECK(origins.links(table, 0) == std::vector<std::string>{"sae-1", "data-0"});
  CHECK(origins.links(table, 1) == std::vector<std::string>{"", ""});
}

TEST_CASE("a page has so many origins and no more", "[analysis][origins]") {
  storage::Results results = tests::toy_steered();
  results.variants.resize(kMostHtmlRows + 1);
  Origins origins(results);
  for (std::size_t i = 0; i < kMostHtmlRows; ++i) {
    CHECK_FALSE(origins.link({static_cast<std::int32_t>(i)}).empty());
  }
  CHECK(origins.link({static_cast<std::int32_t>(kMostHtmlRows)}).empty());
  CHECK(origins.link({0}) == "from-0");
  CHECK(data_id(static_cast<std::int32_t>(kMostHtmlRows)).empty());
}
