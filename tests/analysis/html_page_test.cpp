#include "analysis/page/html_page.hpp"

#include <catch2/catch.hpp>

#include "analysis/forms/table_html.hpp"
#include "analysis/page/html_provenance.hpp"
#include "analysis/report.hpp"
#include "tests/support/occurrences.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

const std::string kHostile = "</script><img src=x onerror=y>\"'&";

storage::Results named_by_a_stranger() {
  storage::Results results = tests::toy_steered();
  results.models.resize(1);
  results.models[0].name = {kHostile};
  results.models[0].digest = {"abc123"};
  for (auto& row : results.behaviours) row.name = {kHostile};
  for (auto& row : results.saes) {
    row.name = {kHostile};
    row.architecture = {kHostile};
  }
  results.devices.resize(1);
  results.devices[0].numerics = {kHostile};
  results.origin.sweep = "name = \"" + kHostile + "\"\n[steer]\n";
  results.origin.sweep_digest = results.origin.compute_dtype =
      results.origin.program_version = kHostile;
  tests::add_variant(results, {.slopes = {1, 2}});
  return results;
}

std::string page_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  const std::vector<Table> tables = make_report(source);
  const std::vector<Figure> figures = make_figures(source);
  Page page{kHostile, results, tables, {}};
  page.answers = {{kHostile, kHostile, Shown::yes, {}}};
  if (!results.variants.empty()) page.answers[0].variants = {0};
  for (const Figure& figure : figures) page.figures.push_back({figure, ""});
  return html_page(page);
}

}  // namespace

TEST_CASE("a page has what was swept, contents, figures, tables and provenance",
          "[analysis][html_page]") {
  storage::Results results = tests::toy_steered();
  results.cells.resize(3);
  results.origin.sweep_digest = "0123abcd";
  results.origin.sweep = "name = 'x'\n";
  tests::add_variant(results, {.slopes = {1, 2}});
  const std::string html = page_of(results);
  CHECK_THAT(html, Catch::StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK_THAT(html, Catch::Contains("Complete: all 3 cells were computed."));
  for (const char* part :
       {"href=\"#table-steerability\"", "id=\"table-steerability\"",
        "href=\"#figure-slopes_heat_map-kind\"",
        "id=\"figure-slopes_heat_map-kind\"", "href=\"#from-0\"",
        "id=\"from-0\"", "<main>", "class=\"skip\"", "id=\"provenance\"",
        "0123abcd", "name = &#39;x&#39;\n"}) {
    CHECK_THAT(html, Catch::Contains(part));
  }
  results.cells[1].state = 2;
  CHECK_THAT(page_of(results), Catch::Contains("Not complete: 2 of 3 cells"));
}

TEST_CASE("whatever names hold, a page has its own script alone",
          "[analysis][html_page]") {
  const std::string html = page_of(named_by_a_stranger());
  CHECK_THAT(html, !Catch::Contains("<img"));
  CHECK(html.find("<script") == html.rfind("<script"));
  CHECK(html.find("</script>") == html.rfind("</script>"));
  CHECK_THAT(html, !Catch::Contains("http://") && !Catch::Contains("https://"));
  CHECK_THAT(html, Catch::Contains("&lt;/script&gt;&lt;img"));
}

TEST_CASE("the same results give the same page", "[analysis][html_page]") {
  const storage::Results results = named_by_a_stranger();
  CHECK(page_of(results) == page_of(results));
}

TEST_CASE("a page has the methods where there are any",
          "[analysis][html_page]") {
  const storage::Results results = tests::toy_steered();
  const std::vector<Table> tables;
  Page page{"x", results, tables, {}, {"Methods", {"How <it> was done."}, {}}};
  const std::string html = html_page(page);
  CHECK_THAT(html, Catch::Contains("href=\"#methods\"") &&
                       Catch::Contains("<section id=\"methods\">") &&
                       Catch::Contains("<p>How &lt;it&gt; was done.</p>"));
  page.methods.paragraphs.clear();
  CHECK_THAT(html_page(page), !Catch::Contains("methods"));
}

TEST_CASE("of many names a page begins with a few", "[analysis][html_page]") {
  storage::Results results = tests::toy_steered();
  results.saes.resize(100, results.saes[0]);
  CHECK_THAT(page_of(results), Catch::Contains("and 88 more"));
}

TEST_CASE("a very long sweep is cut", "[analysis][html_page]") {
  storage::Results results;
  results.origin.sweep = std::string(kMostSweepBytes, 'x') + "the end";
  const std::string html = page_of(results);
  CHECK_THAT(html, !Catch::Contains("the end") &&
                       Catch::Contains("/sweep in results.h5 has all"));
}

namespace {

std::size_t place_of(const std::string& html, const std::string& what) {
  const std::size_t at = html.find(what);
  INFO(what);
  REQUIRE(at != std::string::npos);
  return at;
}

}  // namespace

TEST_CASE("the answer, a figure and a table come first, nothing comes twice",
          "[analysis][html_page]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {1, 2}});
  tests::add_variant(results, {.behaviour = 1, .slopes = {1, 2}});
  const ReportSource source = report_source(results);
  std::vector<Table> tables = make_report(source);
  std::erase_if(tables, [](const Table& one) { return one.name == "main"; });
  Table first = tables[0];
  first.name = "main";
  first.rows.erase(first.rows.begin());
  first.made_of.erase(first.made_of.begin());
  tables.push_back(first);
  const std::vector<Figure> figures = make_figures(source);
  Page page{"x", results, tables, {}};
  page.answers = {{"Does it?", "Yes, it does.", Shown::yes, {0}}};
  for (const Figure& figure : figures) page.figures.push_back({figure, ""});
  const std::string html = html_page(page);
  const char* const order[] = {"Yes, it does.",
                               "id=\"figure-steerability_by_layer-",
                               "id=\"table-main\"",
                               "id=\"contents\"",
                               "id=\"filter\"",
                               "id=\"steers\"",
                               "id=\"table-steerability\"",
                               "id=\"data\"",
                               "id=\"index\"",
                               "id=\"provenance\"",
                               "id=\"from-0\""};
  for (std::size_t i = 1; i < std::size(order); ++i) {
    INFO(order[i]);
    CHECK(place_of(html, order[i - 1]) < place_of(html, order[i]));
  }
  for (const Table& table : tables) {
    CHECK(tests::occurrences(html, "id=\"table-" + table.name + "\"") == 1);
  }
  for (const Figure& figure : figures) {
    CHECK(tests::occurrences(html, "id=\"figure-" + figure.name + "\"") == 1);
  }
  // The figure is of the behaviour that the table begins with.
  CHECK(place_of(html, "id=\"figure-steerability_by_layer-curt") <
        place_of(html, "id=\"table-main\""));
  page.main_figure = "steerability_by_layer-kind";
  CHECK(place_of(html_page(page), "id=\"figure-steerability_by_layer-kind") <
        place_of(html_page(page), "id=\"table-main\""));
}

TEST_CASE("a page of very many variants has an end", "[analysis][html_page]") {
  storage::Results results = tests::toy_steered();
  for (std::int32_t i = 0; i < 3000; ++i) {
    tests::add_variant(results, {.source = "random", .slopes = {1}, .seed = i});
  }
  Table table{"t", "T", {{"variant"}}, {}, {}};
  for (std::int32_t i = 0; i < 3000; ++i) {
    table.rows.push_back({std::string(60, 'v')});
    table.made_of.push_back({i});
  }
  const std::vector<Table> tables(12, table);
  const std::string html = html_page({"x", results, tables, {}});
  CHECK(tests::occurrences(html, "<tr") < 14 * (kMostHtmlRows + 1));
  CHECK(html.size() < 2U << 20U);
}
