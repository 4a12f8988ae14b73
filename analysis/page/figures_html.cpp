#include "analysis/page/figures_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/inline_svg.hpp"

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
  if (!kind.empty()) {
    kind[0] =
        static_cast<char>(std::toupper(static_cast<unsigned char>(kind[0])));
  }
  return kind;
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

// One kind of figures as a section; notes that all of them have are said once.
class Section {
 public:
  Section(const FigureKind& kind, const std::vector<DrawnFigure>& figures)
      : kind_(kind), figures_(figures) {}

  // `left`: bytes of drawings that may still come.
  std::string html(std::size_t& left) const {
    const auto& notes = figures_[kind_.first].figure.notes;
    const bool shared = kind_.count > 1 && all_have(notes);
    std::string out =
        fmt::format("<section id=\"{}\">\n<h3>{}</h3>\n",
                    html_id("figures", kind_.name), html_text(kind_.title));
    if (shared) out += fmt::format("<p class=\"note\">{}</p>\n", joined(notes));
    out += "<div class=\"figures\">\n";
    for (std::size_t i = 0; i < kind_.count; ++i) {
      out += one(kind_.first + i, shared, left);
    }
    return out + "</div>\n</section>\n";
  }

 private:
  bool all_have(const std::vector<std::string>& notes) const {
    for (std::size_t i = 0; i < kind_.count; ++i) {
      if (figures_[kind_.first + i].figure.notes != notes) return false;
    }
    return true;
  }

  std::string one(std::size_t index, bool shared, std::size_t& left) const {
    const auto& [figure, svg] = figures_[index];
    const std::string file = html_text(figure.name);
    // Ids of a drawing begin with its number: two drawings of a page never
    // share one.
    const auto drawing = inline_svg(svg, fmt::format("f{}-", index));
    const bool fits = svg.size() <= kLargestDrawing && svg.size() <= left;
    const bool wide = drawing && drawing->width > kWide;
    std::string out =
        fmt::format("<figure{} id=\"{}\">\n", wide ? " class=\"wide\"" : "",
                    html_id("figure", figure.name));
    if (svg.empty()) {
      out += undrawn(fmt::format(
          "Not drawn: {0}.svg was not there when this page was written. "
          "gnuplot draws it from {0}.gp and {0}.dat.",
          file));
    } else if (!drawing) {
      out += undrawn(fmt::format(
          "Left out: {}.svg holds what no drawing of a figure holds.", file));
    } else if (!fits) {
      out += undrawn(fmt::format("Too large for this page: see {}.svg.", file));
    } else {
      left -= svg.size();
      out += card(index, *drawing);
    }
    out += fmt::format("<figcaption><b>{}.</b> {} <code>{}</code></figcaption>",
                       html_text(figure.title),
                       shared ? "" : joined(figure.notes), file);
    return out + "\n</figure>\n";
  }

  std::string card(std::size_t index, const InlineSvg& drawing) const {
    return fmt::format(
        "<div class=\"card\"><svg role=\"img\" aria-labelledby=\"f{0}-title\" "
        "viewBox=\"0 0 {1} {2}\" width=\"{3:.0f}\" height=\"{4:.0f}\">"
        "<title id=\"f{0}-title\">{5}: {6}</title>{7}</svg></div>\n",
        index, drawing.width, drawing.height, kZoom * drawing.width,
        kZoom * drawing.height, html_text(kind_.title),
        html_text(figures_[index].figure.title), drawing.content);
  }

  const FigureKind& kind_;
  const std::vector<DrawnFigure>& figures_;
};

}  // namespace

std::vector<FigureKind> kinds_of(const std::vector<DrawnFigure>& figures) {
  std::vector<FigureKind> kinds;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const std::string name = kind_of(figures[i].figure.name);
    if (kinds.empty() || kinds.back().name != name) {
      kinds.push_back({name, title_of(name), i, 0});
    }
    ++kinds.back().count;
  }
  return kinds;
}

std::string to_html(const std::vector<DrawnFigure>& figures) {
  std::string out;
  std::size_t left = kMostDrawingBytes;
  for (const FigureKind& kind : kinds_of(figures)) {
    out += Section(kind, figures).html(left);
  }
  return out;
}

}  // namespace coxswain::analysis
