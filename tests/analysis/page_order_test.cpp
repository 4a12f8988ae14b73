#include "analysis/page/page_order.hpp"

#include <catch2/catch.hpp>

#include "analysis/page/figures_html.hpp"
#include "analysis/report.hpp"
#include "storage/results/results_file.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("every table and figure of a report has its question and a sentence",
          "[analysis][page_order]") {
  const storage::Results results =
      storage::read_results(COXSWAIN_SOURCE_DIR
                            "/tests/data/results/run/"
                            "results.h5");
  const ReportSource source = report_source(results);
  const auto tables = make_report(source);
  CHECK(tables.size() > 8);
  for (const Table& table : tables) {
    if (table.name == "main") continue;
    INFO(table.name);
    const ReportPlace& place = table.place;
    CHECK(place.question != Question::other);
    CHECK_THAT(place.look_for, Catch::EndsWith("."));
  }
  const auto figures = make_figures(source);
  std::vector<DrawnFigure> drawn;
  for (const Figure& figure : figures) drawn.push_back({figure, ""});
  CHECK(kinds_of(drawn).size() > 3);
  for (const FigureKind& kind : kinds_of(drawn)) {
    INFO(kind.name);
    const ReportPlace& place = kind.place;
    CHECK(place.question != Question::other);
    CHECK_THAT(place.look_for, Catch::EndsWith("."));
  }
}

TEST_CASE("what has no place stands last", "[analysis][page_order]") {
  CHECK(Table{}.place.question == Question::other);
  CHECK(Figure{}.place.question == Question::other);
  CHECK(question_parts().back().question == Question::other);
}
