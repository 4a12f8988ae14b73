#include "analysis/page/feature_cells.hpp"

#include <catch2/catch.hpp>

#include "analysis/forms/table_html.hpp"
#include "analysis/page/html_page.hpp"
#include "analysis/report.hpp"
#include "tests/support/occurrences.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::occurrences;

namespace {

storage::ContextRow context(std::int32_t sae, std::int32_t feature,
                            std::int32_t rank, double value) {
  storage::ContextRow row;
  row.sae = sae;
  row.feature = feature;
  row.rank = rank;
  row.value = value;
  row.before = {"before "};
  row.token = {"<b>"};
  row.after = {" after"};
  return row;
}

Table table_naming(std::vector<NamedFeatures> features) {
  Table table{"t", "Named", {{"x"}, {"top"}}, {}, {}};
  table.rows.assign(3, {std::string("row"), std::string("7=1.00")});
  table.features = std::move(features);
  return table;
}

}  // namespace

TEST_CASE("a cell opens to the contexts of its features in its own order",
          "[analysis][feature_cells]") {
  storage::Results results = tests::toy_results();
  results.contexts = {context(0, 3, 1, 0.25), context(0, 3, 0, 0.5),
                      context(0, 7, 0, 12.345), context(1, 7, 0, 99)};
  FeatureCells cells(results);
  const Table table = table_naming({{1, 1, 0, {7, 9, 3}}});
  CHECK(cells.opens(table));
  CHECK(cells.opened(table, 0) == std::vector<std::string>{"", ""});
  CHECK(cells.opened(table, 1) ==
        std::vector<std::string>{
            "",
            "<dl>\n<dt>7</dt><dd><ol>\n"
            "<li><span class=\"ends\">12.3</span> before "
            "<mark>\u00ab&lt;b&gt;\u00bb</mark> after</li>\n</ol></dd>\n"
            "<dt>9</dt><dd>none was kept</dd>\n"
            "<dt>3</dt><dd><ol>\n"
            "<li><span class=\"ends\">0.5</span> before "
            "<mark>\u00ab&lt;b&gt;\u00bb</mark> after</li>\n"
            "<li><span class=\"ends\">0.25</span> before "
            "<mark>\u00ab&lt;b&gt;\u00bb</mark> "
            "after</li>\n</ol></dd>\n</dl>\n"});
}

TEST_CASE("a cell whose features have no context does not open",
          "[analysis][feature_cells]") {
  storage::Results results = tests::toy_results();
  results.contexts = {context(1, 7, 0, 1)};
  FeatureCells cells(results);
  const Table table = table_naming({{0, 1, 0, {7}}, {1, 1, 0, {}}});
  CHECK(!cells.opens(table));
  CHECK(cells.opened(table, 0)[1].empty());
  CHECK(cells.opened(table, 1)[1].empty());
}

TEST_CASE("contexts of a page have an end, which is told",
          "[analysis][feature_cells]") {
  storage::Results results = tests::toy_results();
  results.contexts = {context(0, 7, 0, 1)};
  const Table table =
      table_naming({{0, 1, 0, {7}}, {1, 1, 0, {7}}, {2, 1, 0, {7}}});
  FeatureCells endless(results);
  const std::size_t size = endless.opened(table, 0)[1].size();
  FeatureCells cells(results, 2 * size);
  CHECK(cells.opened(table, 0)[1].size() == size);
  CHECK(cells.opened(table, 1)[1].size() == size);
  CHECK_THAT(cells.opened(table, 2)[1],
             Catch::Contains("no room") && Catch::Contains("contexts.csv"));
}

TEST_CASE("on a page every table that names features has their contexts",
          "[analysis][feature_cells]") {
  storage::Results results = tests::toy_results();
  tests::add_falling_code(results, tests::toy_decomposition(1, 0, "encode"),
                          {8, 7});
  results.contexts = {context(0, 8, 0, 1), context(0, 7, 0, 2)};
  const ReportSource source = report_source(results);
  const std::vector<Table> tables = make_report(source);
  const std::string html = html_page({"x", results, tables, {}});
  CHECK_THAT(html, Catch::Contains("<details class=\"fires\"><summary>8=9.50 "
                                   "7=8.50</summary>\n<dl>\n<dt>8</dt>"));
  CHECK(occurrences(html, "Features open to the text") == 1);
  results.contexts.clear();
  const ReportSource without = report_source(results);
  const std::vector<Table> bare = make_report(without);
  CHECK_THAT(
      html_page({"x", results, bare, {}}),
      !Catch::Contains("class=\"fires\"") && !Catch::Contains("Features open"));
}
