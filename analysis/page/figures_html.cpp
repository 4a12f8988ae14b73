#include "analysis/page/figures_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/inline_svg.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/forms/table_html.hpp"
#include "analysis/page/figure_values.hpp"
#include "analysis/page/point_titles.hpp"

namespace coxswain::analysis {
namespace {

// Letters of 7 points, drawn at twice their size for screens, are as large as
// those of tables.
constexpr double kZoom = 0.72;

// In coordinates of the drawing: it takes the whole width, not a column of it.
constexpr double kWide = 800;

std::string kind_of(const std::string& name) {
  return name.substr(0, name.find('-'));
}

std::string title_of(std::string kind) {
  std::ranges::replace(kind, '_', ' ');
  return capitalised(kind);
}

std::string joined(const std::vector<std::string>& notes) {
  std::string out;
  for (const std::string& note : notes) {
    out += (out.empty() ? "" : " ") + html_text(note);
  }
  return out;
}

// What stands in a figure's place.
std::string undrawn(const std::string& why) {
  return fmt::format("<p class=\"undrawn\">{}</p>\n", why);
}

// A wide drawing scrolls in its card, which keys have to reach.
std::string card(std::size_t index, const InlineSvg& drawing,
                 const std::string& name) {
  return fmt::format(
      "<div class=\"card\"{6}><svg role=\"img\" aria-labelledby=\"f{0}-title\" "
      "viewBox=\"0 0 {1} {2}\" width=\"{3:.0f}\" height=\"{4:.0f}\">"
      "<title id=\"f{0}-title\">{5}</title>{7}</svg></div>\n",
      index, drawing.width, drawing.height, kZoom * drawing.width,
      kZoom * drawing.height, html_text(name),
      drawing.width > kWide ? " tabindex=\"0\"" : "", drawing.content);
}

// Whether all figures of a kind say the same below their drawings.
bool share_notes(const std::vector<DrawnFigure>& figures,
                 const FigureKind& kind) {
  const auto& notes = figures[kind.first].figure.notes;
  for (std::size_t i = 0; i < kind.count; ++i) {
    if (figures[kind.first + i].figure.notes != notes) return false;
  }
  return kind.count > 1;
}

}  // namespace

std::vector<FigureKind> kinds_of(const std::vector<DrawnFigure>& figures) {
  std::vector<FigureKind> kinds;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const std::string name = kind_of(figures[i].figure.name);
    if (kinds.empty() || kinds.back().name != name) {
      kinds.push_back({name, title_of(name), figures[i].figure.place, i, 0});
    }
    ++kinds.back().count;
  }
  return kinds;
}

std::string FigureWriter::one(std::size_t index) {
  return figure(index, title_of(kind_of(figures_.at(index).figure.name)),
                Notes::folded);
}

std::string FigureWriter::section(const FigureKind& kind) {
  const bool shared = share_notes(figures_, kind);
  std::string out;
  for (std::size_t i = kind.first; i < kind.first + kind.count; ++i) {
    if (written_.contains(i)) continue;
    out += figure(i, kind.title, shared ? Notes::none : Notes::all);
  }
  if (out.empty()) return "";
  std::string head =
      fmt::format("<section id=\"{}\">\n<h3>{}</h3>\n",
                  html_id("figures", kind.name), html_text(kind.title));
  const std::string look_for = kind.place.look_for;
  if (!look_for.empty()) {
    head += fmt::format("<p class=\"look\">{}</p>\n", html_text(look_for));
  }
  if (shared) {
    head += fmt::format("<p class=\"note\">{}</p>\n",
                        joined(figures_[kind.first].figure.notes));
  }
  return head + "<div class=\"figures\">\n" + out + "</div>\n</section>\n";
}

std::string FigureWriter::figure(std::size_t index, const std::string& kind,
                                 Notes notes) {
  const Figure& figure = figures_.at(index).figure;
  written_.insert(index);
  bool wide = false;
  const std::string drawn = drawing(index, kind, wide);
  const std::string facets = facets_.of_figure(figure);
  std::string out =
      fmt::format("<figure{} id=\"{}\"{}>\n", wide ? " class=\"wide\"" : "",
                  html_id("figure", figure.name),
                  facets.empty() ? "" : fmt::format(" data-f=\"{}\"", facets));
  const std::string file =
      fmt::format("<code>{}</code>", html_text(figure.name));
  std::string said, folded;
  if (notes == Notes::all) said = joined(figure.notes);
  if (notes == Notes::folded && !figure.notes.empty()) {
    said = html_text(figure.notes[0]);
    folded = fmt::format(
        "<details><summary>How it is made</summary><p class=\"note\">{} {}</p>"
        "</details>\n",
        joined({figure.notes.begin() + 1, figure.notes.end()}), file);
  }
  const std::string title =
      notes == Notes::folded ? kind + ": " + figure.title : figure.title;
  out += drawn;
  out += fmt::format(
      "<figcaption><b>{}.</b> <span class=\"said\">{}</span>{}</figcaption>\n",
      html_text(title), said, folded.empty() ? " " + file : "");
  // Below a heading of the first screen, or of a kind of figures.
  return out + folded + values(figure, notes == Notes::folded ? "h3" : "h4") +
         "</figure>\n";
}

std::string FigureWriter::drawing(std::size_t index, const std::string& kind,
                                  bool& wide) {
  const auto& [figure, svg] = figures_[index];
  const std::string file = html_text(figure.name);
  if (svg.empty()) {
    return undrawn(fmt::format(
        "Not drawn: {0}.svg was not there when this page was written. "
        "gnuplot draws it from {0}.gp and {0}.dat.",
        file));
  }
  // Ids of a drawing begin with its number: two drawings of a page never share
  // one.
  const auto drawn =
      inline_svg(svg, fmt::format("f{}-", index), point_titles(figure, svg));
  if (!drawn) {
    return undrawn(fmt::format(
        "Left out: {}.svg holds what no drawing of a figure holds.", file));
  }
  if (svg.size() > kLargestDrawing || svg.size() > left_) {
    return undrawn(fmt::format("Too large for this page: see {}.svg.", file));
  }
  left_ -= svg.size();
  wide = drawn->width > kWide;
  return card(index, *drawn, kind + ": " + figure.title);
}

std::string FigureWriter::values(const Figure& figure, const char* heading) {
  const Table table = values_of(figure);
  if (table.rows.empty()) return "";
  HtmlLooks looks{figure.name + ".dat"};
  looks.heading = heading;
  const std::string html = to_html(shortened(table, kMostValues), looks);
  if (html.size() > values_left_) return "";
  values_left_ -= html.size();
  return "<details class=\"values\"><summary>Its numbers</summary>\n" + html +
         "</details>\n";
}

}  // namespace coxswain::analysis
