#include "analysis/page/html_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/table_html.hpp"
#include "analysis/page/feature_cells.hpp"
#include "analysis/page/html_answers.hpp"
#include "analysis/page/html_looks.hpp"
#include "analysis/page/html_provenance.hpp"
#include "analysis/page/html_summary.hpp"
#include "analysis/page/page_order.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::string_view kOpens =
    "Features open to the text in which they fire most.";

constexpr std::string_view kMainFigures = "steerability_by_layer";

std::string head_of(const std::string& name) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{} \xE2\x80\x93 coxswain report</title>\n"
      "<style>{}</style>\n</head>\n",
      page_policy(), html_text(name), page_style());
}

std::string link_to(const std::string& id, const std::string& text) {
  return fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, html_text(text));
}

// Writes a page from top to bottom.
class Writer {
 public:
  explicit Writer(const Page& page)
      : page_(page),
        kinds_(kinds_of(page.figures)),
        facets_(page.results),
        origins_(page.results),
        features_(page.results),
        figures_(page.figures, facets_) {}

  // What is read in a minute.
  std::string first_screen() {
    std::string out =
        "<div class=\"first\">\n<section id=\"answer\" "
        "aria-labelledby=\"answer-name\">\n"
        "<h2 id=\"answer-name\">The answer</h2>\n";
    if (page_.answers.empty()) {
      out += "<p>No question was asked of these results.</p>\n";
    } else {
      out += html_answers(page_.answers, page_.results, origins_);
    }
    out += "</section>\n";
    if (const auto figure = main_figure()) {
      out +=
          "<section class=\"drawn\" aria-labelledby=\"figure-name\">\n<h2 "
          "class=\"heard\" id=\"figure-name\">Figure</h2>\n" +
          figures_.one(*figure) + "</section>\n";
    }
    const auto table = main_table();
    if (table != page_.tables.end()) out += html_of(*table, "h2");
    return out + "</div>\n";
  }

  std::string contents() const {
    std::string out =
        "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Behind "
        "it</h2>\n<ol>\n";
    for (const QuestionPart& part : question_parts()) {
      if (!is_empty(part.question)) out += link_to(part.id, part.heading);
    }
    out += link_to("index", "All tables and figures");
    if (!page_.methods.paragraphs.empty()) {
      out += link_to("methods", page_.methods.title);
    }
    return out + link_to("provenance", "Where the numbers come from") +
           "</ol>\n</nav>\n";
  }

  // Tables and figures that stand under one question.
  std::string part(const QuestionPart& part) {
    if (is_empty(part.question)) return "";
    std::string out = fmt::format(
        "<section aria-labelledby=\"{0}\">\n<h2 "
        "id=\"{0}\">{1}</h2>\n",
        part.id, html_text(part.heading));
    if (part.question == Question::data) out += html_summary(page_.results);
    for (const FigureKind& kind : kinds_) {
      if (kind.place.question != part.question) continue;
      out += figures_.section(kind);
    }
    for (const Table& table : page_.tables) {
      if (table.place.question != part.question || is_main(table)) continue;
      out += html_of(table, "h3");
    }
    return out + "</section>\n";
  }

  std::string index() const {
    std::string out =
        "<section aria-labelledby=\"index\">\n<h2 "
        "id=\"index\">All tables and figures</h2>\n"
        "<ul class=\"index\">\n";
    for (const FigureKind& kind : kinds_) {
      for (std::size_t i = kind.first; i < kind.first + kind.count; ++i) {
        const Figure& figure = page_.figures[i].figure;
        out += link_to(html_id("figure", figure.name),
                       fmt::format("{}: {}", kind.title, figure.title));
      }
    }
    for (const Table& table : page_.tables) {
      out += link_to(html_id("table", table.name), table.title);
    }
    return out + "</ul>\n</section>\n";
  }

  std::string provenance() const {
    return "<section aria-labelledby=\"provenance\">\n<h2 "
           "id=\"provenance\">Where the numbers come from</h2>\n" +
           html_provenance(page_.results, origins_) + "</section>\n";
  }

  std::string filters() const { return facets_.bar(); }

 private:
  bool is_main(const Table& table) const {
    return table.name == page_.main_table;
  }
  std::vector<Table>::const_iterator main_table() const {
    return std::ranges::find(page_.tables, page_.main_table, &Table::name);
  }

  std::optional<std::size_t> main_figure() const {
    const auto table = main_table();
    const std::string row = table == page_.tables.end() || table->rows.empty()
                                ? ""
                                : " " + facets_.of_row(*table, 0) + " ";
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < page_.figures.size(); ++i) {
      const Figure& figure = page_.figures[i].figure;
      if (figure.name == page_.main_figure) return i;
      if (!page_.main_figure.empty() ||
          !figure.name.starts_with(kMainFigures)) {
        continue;
      }
      if (!first) first = i;
      const std::string facets = facets_.of_figure(figure);
      if (!facets.empty() &&
          row.find(" " + facets + " ") != std::string::npos) {
        return i;
      }
    }
    return first;
  }

  bool is_empty(Question question) const {
    if (question == Question::data) return false;
    return std::ranges::none_of(kinds_,
                                [&](const FigureKind& kind) {
                                  return kind.place.question == question;
                                }) &&
           std::ranges::none_of(page_.tables, [&](const Table& table) {
             return !is_main(table) && table.place.question == question;
           });
  }

  std::string html_of(const Table& table, const char* heading) {
    HtmlLooks looks{table.name + ".csv", table.place.look_for, {}, heading};
    if (features_.opens(table)) {
      looks.look_for +=
          (looks.look_for.empty() ? "" : " ") + std::string(kOpens);
    }
    const std::size_t shown = std::min(table.rows.size(), kMostHtmlRows);
    for (std::size_t r = 0; r < shown; ++r) {
      looks.rows.push_back({"", facets_.of_row(table, r),
                            origins_.links(table, r),
                            features_.opened(table, r)});
    }
    return to_html(table, looks);
  }

  const Page& page_;
  std::vector<FigureKind> kinds_;
  Facets facets_;
  Origins origins_;
  FeatureCells features_;
  FigureWriter figures_;
};

}  // namespace

std::string html_page(const Page& page) {
  const std::string name = page.name.empty() ? "Results" : page.name;
  Writer writer(page);
  std::string out = head_of(name);
  out += fmt::format(
      "<body>\n<a class=\"skip\" href=\"#answer\">Skip to the answer</a>\n"
      "<header>\n<h1>{}</h1>\n{}</header>\n<main>\n",
      html_text(name), html_state(page.results));
  out += writer.first_screen() + writer.contents() + writer.filters();
  for (const QuestionPart& part : question_parts()) out += writer.part(part);
  out += writer.index();
  if (!page.methods.paragraphs.empty()) {
    out += to_html(page.methods, "methods");
  }
  out += writer.provenance() + "</main>\n";
  // At the end: the page is whole without it.
  return out +
         fmt::format("<script>{}</script>\n</body>\n</html>\n", page_script());
}

}  // namespace coxswain::analysis
