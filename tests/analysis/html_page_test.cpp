#include "analysis/page/html_page.hpp"

#include <catch2/catch.hpp>

#include "analysis/page/html_provenance.hpp"
#include "analysis/report.hpp"
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
        "href=\"#figures-slopes_heat_map\"", "id=\"figures-slopes_heat_map\"",
        "id=\"provenance\"", "0123abcd", "name = &#39;x&#39;\n"}) {
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
