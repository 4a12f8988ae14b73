#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/forms/table.hpp"
#include "analysis/forms/table_text.hpp"
#include "analysis/measures/coverage.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using nlohmann::json;

TEST_CASE("a table for programs has every digit, and null for what is missing",
          "[analysis][table_json]") {
  const Table table{
      "t",
      "A title",
      {{"name"}, {"n"}, {"slope", 2}, {"x", 1}},
      {{std::string("a \"b\"\n\xFF"), std::int64_t{3}, Interval{1, 0.5, 1.25},
        1.0 / 3},
       {std::string(), count_cell(-1), Interval{NAN, NAN, NAN}, INFINITY}},
      {"a note"}};
  const json all = json::parse(to_json(table));
  CHECK(all["name"] == "t");
  CHECK(all["title"] == "A title");
  CHECK(all["columns"] == json({"name", "n", "slope", "x"}));
  CHECK(all["rows"][0] ==
        json({"a \"b\" \xEF\xBF\xBD",
              3,
              {{"estimate", 1.0}, {"low", 0.5}, {"high", 1.25}},
              1.0 / 3}));
  CHECK(all["rows"][1] ==
        json({"",
              nullptr,
              {{"estimate", nullptr}, {"low", nullptr}, {"high", nullptr}},
              nullptr}));
  CHECK(all["notes"] == json({"a note"}));
  CHECK(all["coverage"].is_null());
  CHECK(all["row_coverage"].empty());
}

TEST_CASE("a table for programs says how much of it was computed",
          "[analysis][table_json]") {
  Table table{"t", "A title", {{"n"}}, {{std::int64_t{1}}}, {}};
  table.coverage = {{2, 3}};
  show_coverage(table);
  const json all = json::parse(to_json(table));
  CHECK(all["title"] == "A title (2 of 3 cells)");
  CHECK(all["columns"] == json({"n", "cells", "of"}));
  CHECK(all["rows"] == json::array({json({1, 2, 3})}));
  CHECK(all["coverage"] == json({{"done", 2}, {"planned", 3}}));
  CHECK(all["row_coverage"] == json::array({all["coverage"]}));
}
