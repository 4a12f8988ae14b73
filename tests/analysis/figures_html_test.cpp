#include "analysis/page/figures_html.hpp"

#include <catch2/catch.hpp>

#include "tests/support/occurrences.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

Figure named(const std::string& name, const std::string& title,
             const std::vector<std::string>& notes = {}) {
  Figure figure;
  figure.name = name;
  figure.title = title;
  figure.notes = notes;
  return figure;
}

std::string drawing(int width, const std::string& inside) {
  return "<svg viewBox=\"0 0 " + std::to_string(width) + " 100\">" + inside +
         "</svg>";
}

// All kinds as sections.
std::string to_html(const std::vector<DrawnFigure>& figures) {
  const storage::Results nothing;
  const Facets facets(nothing);
  FigureWriter writer(figures, facets);
  std::string out;
  for (FigureKind kind : kinds_of(figures)) {
    kind.place.look_for = "Look.";
    out += writer.section(kind);
  }
  return out;
}

}  // namespace

TEST_CASE("figures of one kind stand together, what they share is said once",
          "[analysis][figures_html]") {
  const Figure a = named("by_layer-a", "a", {"Shared."}),
               b = named("by_layer-b", "b", {"Shared."}),
               c = named("signs", "c", {"Own."});
  const std::string circle = "<circle id='gpDot'/><use href='#gpDot'/>";
  const std::string html = to_html({{a, drawing(600, circle)},
                                    {b, drawing(900, circle)},
                                    {c, drawing(600, circle)}});
  CHECK(tests::occurrences(html, "<section") == 2);
  CHECK(tests::occurrences(html, "<p class=\"look\">Look.</p>") == 2);
  CHECK_THAT(html, Catch::Contains("<h3>By layer</h3>") &&
                       Catch::Contains("<h3>Signs</h3>"));
  CHECK(tests::occurrences(html, "Shared.") == 1);
  CHECK(tests::occurrences(html, "Own.") == 1);
  for (const char* id : {"f0-gpDot", "f1-gpDot", "f2-gpDot"}) {
    CHECK(tests::occurrences(html, "id=\"" + std::string(id) + "\"") == 1);
    CHECK(tests::occurrences(html, "href=\"#" + std::string(id) + "\"") == 1);
  }
  CHECK_THAT(html, Catch::Contains("<svg role=\"img\" aria-labelledby="
                                   "\"f1-title\" viewBox=\"0 0 900 100\"") &&
                       Catch::Contains("<title id=\"f1-title\">By layer: b"));
  CHECK(tests::occurrences(html, "<figure class=\"wide\"") == 1);
  // It scrolls in its card: keys reach that.
  CHECK(tests::occurrences(html, "<div class=\"card\" tabindex=\"0\">") == 1);
}

TEST_CASE("where there is no drawing a line says so",
          "[analysis][figures_html]") {
  const Figure figure = named("signs", "Signs");
  CHECK_THAT(to_html({{figure, ""}}),
             Catch::Contains("Not drawn: signs.svg was not there") &&
                 !Catch::Contains("<svg"));
  CHECK_THAT(to_html({{figure, drawing(9, "<script>x</script>")}}),
             Catch::Contains("Left out: signs.svg") &&
                 !Catch::Contains("<svg") && !Catch::Contains("<script"));
  const std::string large = std::string(kLargestDrawing, '\n');
  CHECK_THAT(to_html({{figure, drawing(9, large)}}),
             Catch::Contains("Too large") && !Catch::Contains("<svg"));
}

TEST_CASE("a page has so many drawings and no more",
          "[analysis][figures_html]") {
  const Figure figure = named("signs", "Signs");
  const std::string half =
      drawing(9, std::string(kLargestDrawing / 2 - 100, '\n'));
  const std::size_t fit = kMostDrawingBytes / half.size();
  const std::vector<DrawnFigure> figures(fit + 2, {figure, half});
  const std::string html = to_html(figures);
  CHECK(tests::occurrences(html, "<svg") == fit);
  CHECK(tests::occurrences(html, "Too large") == 2);
}

TEST_CASE("no text of a figure is markup", "[analysis][figures_html]") {
  const std::string hostile = "</title><script>x</script>\" onload='";
  const Figure figure = named("signs", hostile, {hostile});
  CHECK_THAT(to_html({{figure, drawing(9, "")}}),
             !Catch::Contains("<script") && !Catch::Contains("\" onload"));
}

TEST_CASE("a figure that stood alone is in no section",
          "[analysis][figures_html]") {
  const Figure a = named("by_layer-a", "a", {"First.", "Second."}),
               b = named("by_layer-b", "b");
  const std::vector<DrawnFigure> figures = {{a, drawing(9, "")}, {b, ""}};
  const storage::Results nothing;
  const Facets facets(nothing);
  FigureWriter writer(figures, facets);
  const std::string alone = writer.one(0);
  // The first note stands below it, the others are folded.
  CHECK_THAT(
      alone,
      Catch::Contains("<b>By layer: a.</b> <span class=\"said\">First.") &&
          Catch::Contains("<details>") && Catch::Contains("Second."));
  const std::string section = writer.section(kinds_of(figures)[0]);
  CHECK_THAT(section, Catch::Contains("figure-by_layer-b") &&
                          !Catch::Contains("figure-by_layer-a"));
  CHECK(writer.section(kinds_of(figures)[0]).empty());
}

TEST_CASE("the numbers of a figure stand beside it, so many and no more",
          "[analysis][figures_html]") {
  Figure figure = named("signs", "Signs");
  Series series{"of <it>", Mark::line, {}};
  for (int i = 0; i < 300; ++i) {
    series.points.push_back({static_cast<double>(i), {0.5, 0.25, 0.75}});
  }
  figure.content = Curves{{series}};
  const std::string html = to_html({{figure, ""}});
  CHECK_THAT(html, Catch::Contains("<summary>Its numbers</summary>") &&
                       Catch::Contains("of &lt;it&gt;") &&
                       Catch::Contains("the first 200 of 300 rows"));
  const std::vector<DrawnFigure> many(200, {figure, ""});
  CHECK(to_html(many).size() < kMostValueBytes + 200 * 1000);
}
