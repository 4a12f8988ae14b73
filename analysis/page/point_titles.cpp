#include "analysis/page/point_titles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/xml_scanner.hpp"
#include "analysis/page/heat_titles.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kPixel = 1;

// How far down each point of each plot lies, in the order of the drawing.
using Heights = std::vector<std::vector<double>>;

// Y of "translate(X,Y) scale(S)".
std::optional<double> height_of(const XmlTag& use) {
  for (const XmlAttribute& attribute : use.attributes) {
    if (attribute.name != "transform") continue;
    const std::size_t comma = attribute.value.find(',');
    if (!attribute.value.starts_with("translate(") ||
        comma == std::string_view::npos) {
      return std::nullopt;
    }
    return std::strtod(std::string(attribute.value.substr(comma + 1)).c_str(),
                       nullptr);
  }
  return std::nullopt;
}

Heights heights_of(std::string_view svg) {
  Heights plots;
  XmlScanner scanner(svg);
  for (;;) {
    const XmlToken token = scanner.next();
    if (std::holds_alternative<XmlStop>(token)) return plots;
    const auto* tag = std::get_if<XmlTag>(&token);
    if (tag == nullptr) continue;
    if (is_plot(*tag)) plots.emplace_back();
    if (tag->name != "use" || plots.empty()) continue;
    if (const auto height = height_of(*tag)) plots.back().push_back(*height);
  }
}

std::vector<const FigurePoint*> drawn_points(const Series& series) {
  std::vector<const FigurePoint*> out;
  if (series.mark != Mark::line && series.mark != Mark::points) return out;
  for (const FigurePoint& point : series.points) {
    if (std::isfinite(point.y.estimate)) out.push_back(&point);
  }
  return out;
}

// A straight scale through the lowest and the highest of some points.
class Scale {
 public:
  void add(double value, double height) {
    if (places_.empty() || value < low_.first) low_ = {value, height};
    if (places_.empty() || value > high_.first) high_ = {value, height};
    places_.emplace_back(value, height);
  }
  // Whether there is one, and all points lie on it.
  bool fits() const {
    if (places_.empty() || !(low_.first < high_.first)) return false;
    const double slope =
        (high_.second - low_.second) / (high_.first - low_.first);
    return std::ranges::all_of(places_, [&](const auto& place) {
      const double height = low_.second + slope * (place.first - low_.first);
      return std::abs(place.second - height) <= kPixel;
    });
  }

 private:
  std::vector<std::pair<double, double>> places_;
  std::pair<double, double> low_, high_;
};

std::string title_of(const Series& series, const FigurePoint& point,
                     const Figure& figure) {
  const TableColumn column = digits_of(point.y, {figure.y.label, 3});
  const std::string number = interval_text(
      point.y, [&](double value) { return decimal_text(value, column); });
  return fmt::format("{}{}{}, {} {:g}: {}", series.name,
                     point.label.empty() ? "" : ", ", point.label,
                     figure.x.label, point.x, number);
}

}  // namespace

PointTitles point_titles(const Figure& figure, std::string_view svg) {
  if (const auto* map = std::get_if<HeatMap>(&figure.content)) {
    return heat_titles(figure, *map, svg);
  }
  const auto* curves = std::get_if<Curves>(&figure.content);
  if (curves == nullptr) return {};
  const Heights heights = heights_of(svg);
  if (heights.size() < curves->series.size()) return {};
  PointTitles titles;
  Scale scale;
  for (std::size_t s = 0; s < curves->series.size(); ++s) {
    const Series& series = curves->series[s];
    const auto points = drawn_points(series);
    std::vector<std::string>& its = titles.emplace_back();
    // One more is the legend's.
    const std::size_t n = heights[s].size();
    if (!points.empty() && n != points.size() && n != points.size() + 1) {
      return {};
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      scale.add(points[i]->y.estimate, heights[s][i]);
      its.push_back(title_of(series, *points[i], figure));
    }
  }
  return scale.fits() ? titles : PointTitles{};
}

}  // namespace coxswain::analysis
