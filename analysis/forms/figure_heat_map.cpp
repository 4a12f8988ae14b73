#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <sstream>

#include "analysis/forms/figure_kinds.hpp"
#include "analysis/forms/gnuplot_text.hpp"
#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kName = 56;      // characters of a row's name
constexpr double kLetter = 0.12;       // cm, about, of the font's 7 points
constexpr std::size_t kNumbered = 12;  // columns, at most, with numbers
constexpr std::size_t kMarked = 15;    // columns, at most, with their names
constexpr std::size_t kManyRows = 30;
constexpr std::size_t kTall = 12;          // rows
constexpr double kGap = 0.25, kBox = 0.3;  // cm: the box of colours

using IsOne = bool (*)(const HeatMap::Cell& cell);

bool is_missing(const HeatMap::Cell& cell) { return std::isnan(cell.value); }
bool is_computed(const HeatMap::Cell& cell) { return !is_missing(cell); }

// Marks of an axis: every so many names, the first one among them.
std::string marks_of(const std::vector<std::string>& names, std::size_t every) {
  assert(every > 0);
  std::string out;
  for (std::size_t i = 0; i < names.size(); i += every) {
    out += fmt::format("{}{} {}", i > 0 ? ", " : "",
                       quoted_mark(shortened(one_line(names[i]), kName)), i);
  }
  return out;
}

double largest(const HeatMap& map) {
  double limit = 0;
  for (const HeatMap::Cell& cell : map.cells) {
    if (std::isfinite(cell.value))
      limit = std::max(limit, std::abs(cell.value));
  }
  // A range of colours must not be empty.
  return limit == 0 ? 1 : limit;
}

// Decimals that show three digits of the largest number.
int decimals_for(double limit) {
  assert(limit > 0);
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(limit))), 0, 4);
}

// Where the map lies in the figure, in cm: gnuplot's own guess of the room that
// names take leaves little for a map of few columns.
struct Place {
  double left = 0, map = 0, right = 0, height = 0;
  double width() const { return left + map + right; }
};

Place place_of(const HeatMap& map) {
  std::size_t letters = 0;
  for (const std::string& row : map.rows) {
    letters = std::max(letters, std::min(row.size(), kName));
  }
  const auto n = static_cast<double>(map.columns.size());
  const auto rows = static_cast<double>(map.rows.size());
  const double number = 0.6 + kLetter * (decimals_for(largest(map)) + 2);
  Place place;
  place.left = 0.6 + 1.15 * kLetter * static_cast<double>(letters);
  place.right = 3;  // the box of colours, its numbers and its label
  place.map = map.columns.size() <= kNumbered ? number * n : 0.45 * n;
  place.map = std::clamp(place.map, kColumn - place.left - place.right,
                         std::max(kPage - place.left - place.right, 2.5));
  place.height =
      std::max((map.rows.size() > kManyRows ? 0.38 : 0.5) * rows, 1.5);
  return place;
}

// The label of the colours, broken into lines that fit beside a low map.
std::string value_label(const HeatMap& map, double height) {
  const auto most =
      static_cast<std::size_t>(std::max(12.0, height / (1.15 * kLetter)));
  std::string label = map.value.label;
  if (!map.value.unit.empty()) label += " (" + map.value.unit + ")";
  std::string out, line;
  const auto end_line = [&] {
    out += (out.empty() ? "" : ".\"\\n\".") + quoted_for_script(line);
    line.clear();
  };
  std::istringstream words(one_line(label));
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > most) end_line();
    line += (line.empty() ? "" : " ") + word;
  }
  end_line();
  return out;
}

std::string block(const HeatMap& map, const char* name, IsOne belongs) {
  std::string out =
      fmt::format("# {}\n# column\trow\tvalue\tcolumn name\trow name\n", name);
  for (const HeatMap::Cell& cell : map.cells) {
    if (!belongs(cell)) continue;
    out += fmt::format("{}\t{}\t{}\t{}\t{}\n", cell.column, cell.row,
                       data_number(cell.value),
                       quoted_for_data(map.columns.at(cell.column)),
                       quoted_for_data(map.rows.at(cell.row)));
  }
  return out;
}

}  // namespace

bool has_data(const HeatMap& map) {
  return std::ranges::any_of(map.cells, is_computed);
}

std::string data_of(const HeatMap& map) {
  std::string out = block(map, "computed", is_computed);
  if (std::ranges::any_of(map.cells, is_missing)) {
    out += "\n\n" + block(map, "not computed", is_missing);
  }
  return out;
}

Drawing drawing_of(const HeatMap& map, const Figure& figure) {
  assert(!map.columns.empty() && !map.rows.empty());
  Drawing out;
  const auto rows = static_cast<double>(map.rows.size());
  const bool missing = std::ranges::any_of(map.cells, is_missing);
  const double limit = largest(map);
  const Place place = place_of(map);
  out.width = place.width();
  out.height = 2.4 + place.height + (missing ? kLegendLine : 0);
  out.settings = fmt::format(
      "set xlabel {}.room\nset xtics ({}) scale 0\nset ytics ({}) scale 0\n"
      "set xrange [-0.5:{}]\nset yrange [{}:-0.5]\n"
      "set palette defined (-1 '#0072B2', 0 '#FFFFFF', 1 '#D55E00')\n"
      "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
      "limit = {:.6g}\nset cbrange [-limit:limit]\nset cblabel {}\n{}"
      "set key samplen 1\n"
      "set datafile separator tab\n"
      // White letters where black ones differ by less than 4.5 to 1.
      "letters_at(value) = value < -0.93*limit ? 0xFFFFFF : 0x000000\n",
      axis_label(figure.x),
      marks_of(map.columns, 1 + (map.columns.size() - 1) / kMarked),
      marks_of(map.rows, 1), static_cast<double>(map.columns.size()) - 0.5,
      rows - 0.5, place.left / place.width(),
      (place.left + place.map) / place.width(), limit,
      value_label(map, place.height),
      // The numbers of a low box would lie on each other.
      map.rows.size() < kTall / 2 ? "set cbtics limit format '%.2g'\n" : "");
  // gnuplot's own box is as narrow as a map of one column.
  out.settings += fmt::format(
      "set colorbox user origin screen {:.4f}, graph 0 "
      "size screen {:.4f}, graph 1\n{}",
      (place.left + place.map + kGap) / place.width(), kBox / place.width(),
      spelled_function(decimals_for(limit)));
  const std::string box = "1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5)";
  out.plot = fmt::format(
      "plot data index 0 using {}:3 with boxxyerror lc palette \\\n"
      "    fs solid border lc rgb 'white' notitle",
      box);
  if (missing) {
    out.plot +=
        ", \\\n  data index 1 using 1:2 with points pt 2 ps 0.6 lw 0.8 \\\n"
        "    lc rgb 'black' title 'not computed'";
  }
  if (map.columns.size() <= kNumbered) {
    out.plot +=
        ", \\\n  data index 0 using 1:2:(spelled($3)):"
        "(letters_at($3)) \\\n    with labels tc rgb variable notitle";
  }
  return out;
}

}  // namespace coxswain::analysis
