#include "analysis/page/heat_titles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/xml_scanner.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kPixel = 1.5;
constexpr double kShade = 4;  // of 255: palettes have so many colours
constexpr int kDecimals = 3;

using Colour = std::array<double, 3>;
constexpr Colour kWhite{255, 255, 255}, kNegative{0, 114, 178},
    kPositive{213, 94, 0};

// A box as it is drawn: its corner, and its colour.
struct Drawn {
  double left = INFINITY, top = INFINITY;
  Colour colour{};
};

// The numbers of a text, whatever stands between them.
std::vector<double> numbers_of(std::string_view text) {
  std::vector<double> out;
  const std::string copy(text);
  const char* at = copy.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    const double value = std::strtod(at, &end);
    if (end == at) {
      ++at;
      continue;
    }
    out.push_back(value);
    at = end;
  }
  return out;
}

std::optional<Drawn> drawn_box(const XmlTag& polygon) {
  Drawn box;
  bool coloured = false;
  for (const XmlAttribute& attribute : polygon.attributes) {
    const std::vector<double> numbers = numbers_of(attribute.value);
    if (attribute.name == "fill") {
      if (numbers.size() != 3 || !attribute.value.starts_with("rgb(")) {
        return std::nullopt;
      }
      std::ranges::copy(numbers, box.colour.begin());
      coloured = true;
    } else if (attribute.name == "points") {
      for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        box.left = std::min(box.left, numbers[i]);
        box.top = std::min(box.top, numbers[i + 1]);
      }
    }
  }
  return coloured && std::isfinite(box.left) ? std::optional(box)
                                             : std::nullopt;
}

// The boxes of the first plot; nothing if one is not understood.
std::optional<std::vector<Drawn>> boxes_of(std::string_view svg) {
  std::vector<Drawn> boxes;
  int plots = 0;
  XmlScanner scanner(svg);
  for (;;) {
    const XmlToken token = scanner.next();
    if (std::holds_alternative<XmlStop>(token)) return boxes;
    const auto* tag = std::get_if<XmlTag>(&token);
    if (tag == nullptr) continue;
    if (is_plot(*tag) && ++plots > 1) return boxes;
    if (plots == 0 || tag->name != "polygon") continue;
    const auto box = drawn_box(*tag);
    if (!box) return std::nullopt;
    boxes.push_back(*box);
  }
}

// Whether places lie on a straight scale of their numbers.
bool on_a_scale(const std::vector<std::pair<double, double>>& places) {
  const auto [low, high] = std::ranges::minmax(places);
  const double slope = low.first < high.first ? (high.second - low.second) /
                                                    (high.first - low.first)
                                              : 0;
  return std::ranges::all_of(places, [&](const auto& one) {
    return std::abs(low.second + slope * (one.first - low.first) -
                    one.second) <= kPixel;
  });
}

bool has_colour(const Drawn& box, double share) {
  const Colour& end = share < 0 ? kNegative : kPositive;
  for (std::size_t i = 0; i < end.size(); ++i) {
    const double shade = kWhite[i] + std::abs(share) * (end[i] - kWhite[i]);
    if (std::abs(box.colour[i] - shade) > kShade) return false;
  }
  return true;
}

}  // namespace

PointTitles heat_titles(const Figure& figure, const HeatMap& map,
                        std::string_view svg) {
  std::vector<const HeatMap::Cell*> cells;
  double limit = 0;
  for (const HeatMap::Cell& cell : map.cells) {
    if (std::isnan(cell.value)) continue;
    cells.push_back(&cell);
    limit = std::max(limit, std::abs(cell.value));
  }
  const auto boxes = boxes_of(svg);
  if (!boxes || cells.empty() || boxes->size() != cells.size()) return {};
  std::vector<std::pair<double, double>> across, down;
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const HeatMap::Cell& cell = *cells[i];
    const Drawn& box = (*boxes)[i];
    if (!has_colour(box, limit == 0 ? 0 : cell.value / limit)) return {};
    across.emplace_back(static_cast<double>(cell.column), box.left);
    down.emplace_back(static_cast<double>(cell.row), box.top);
    titles.push_back(fmt::format("{}, {} {}: {}", map.rows.at(cell.row),
                                 figure.x.label, map.columns.at(cell.column),
                                 decimal_text(cell.value, kDecimals)));
  }
  return on_a_scale(across) && on_a_scale(down) ? PointTitles{titles}
                                                : PointTitles{};
}

}  // namespace coxswain::analysis
