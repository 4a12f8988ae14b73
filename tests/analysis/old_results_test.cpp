#include <catch2/catch.hpp>
#include <map>

#include "analysis/forms/rows_csv.hpp"
#include "analysis/forms/table_text.hpp"
#include "analysis/page/html_page.hpp"
#include "analysis/report.hpp"
#include "storage/results/results_file.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

storage::Results sample(int version) {
  std::string path = COXSWAIN_SOURCE_DIR "/tests/data/results/run/results.h5";
  if (version != 6) {
    path = COXSWAIN_SOURCE_DIR "/tests/data/results/";
    path += std::to_string(version);
    path += ".h5";
  }
  return storage::read_results(path);
}

// By name, as text.
std::map<std::string, std::string> tables_of(const storage::Results& results) {
  std::map<std::string, std::string> tables;
  for (const Table& table : make_report(report_source(results))) {
    tables[table.name] = to_text(table);
  }
  return tables;
}

std::string page_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  const std::vector<Table> tables = make_report(source);
  const std::vector<Figure> figures = make_figures(source);
  Page page{"sample", results, tables, {}};
  for (const Figure& figure : figures) page.figures.push_back({figure, ""});
  return html_page(page);
}

}  // namespace

TEST_CASE("results of older formats report what they have",
          "[analysis][old_results]") {
  const auto now = tables_of(sample(6));
  REQUIRE(now.contains("letters"));
  REQUIRE(now.contains("contexts"));
  REQUIRE(now.contains("steerability"));
  for (const int version : {5, 4}) {
    const auto old = tables_of(sample(version));
    for (const auto& [name, text] : now) {
      INFO("version " << version << ", " << name);
      const bool lacks =
          name == "contexts" || (name == "letters" && version < 5);
      REQUIRE(old.contains(name) != lacks);
      // Its right half is made of tables/active_features.
      if (!lacks && name != "figure4") CHECK(old.at(name) == text);
    }
  }
}

TEST_CASE("a page says which format its results have",
          "[analysis][old_results]") {
  for (const int version : {6, 5, 4}) {
    const std::string page = page_of(sample(version));
    CHECK_THAT(page, Catch::Contains("version " + std::to_string(version)));
  }
}

TEST_CASE("tables of older formats become CSV with all of today's columns",
          "[analysis][old_results]") {
  const storage::Results now = sample(6), old = sample(4);
  CHECK(rows_to_csv(old.variants) == rows_to_csv(now.variants));
  CHECK(rows_to_csv(old.cells) == rows_to_csv(now.cells));
  const std::string vectors = rows_to_csv(old.vectors);
  CHECK_THAT(vectors, Catch::Contains("n_matching_a,n_matching_b,"));
  CHECK_THAT(vectors, Catch::EndsWith(",,\n"));  // letter_norm, letter_cosine
}
