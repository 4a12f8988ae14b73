#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "analysis/forms/figure_kinds.hpp"
#include "analysis/forms/gnuplot_text.hpp"
#include "analysis/forms/plain_text.hpp"
#include "analysis/forms/point_labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kName = 40;  // characters of a legend's line

bool is_drawn(const Series& series) {
  return series.mark == Mark::line || series.mark == Mark::points;
}

bool has_intervals(const Series& series) {
  return std::ranges::any_of(series.points, [](const FigurePoint& point) {
    return std::isfinite(point.y.low) && std::isfinite(point.y.high);
  });
}

// Whether no line joins two neighbouring points.
bool ends_line(Mark mark, const FigurePoint& last, const FigurePoint& next) {
  return mark == Mark::points || (mark == Mark::faint && next.x <= last.x);
}

// How often each x has a drawn point.
std::map<double, std::size_t> points_by_x(const Curves& curves) {
  std::map<double, std::size_t> n;
  for (const Series& series : curves.series) {
    if (!is_drawn(series)) continue;
    for (const FigurePoint& point : series.points) {
      if (std::isfinite(point.y.estimate)) ++n[point.x];
    }
  }
  return n;
}

// Where the points of a drawn series stand: beside their x, so that intervals
// don't cover each other; on it where there is no other.
std::string shifted(const Curves& curves, const Series& series,
                    std::size_t drawn) {
  const auto n =
      static_cast<double>(std::ranges::count_if(curves.series, is_drawn));
  const double shift =
      n < 2
          ? 0
          : curves.step * 0.3 * (static_cast<double>(drawn) - (n - 1) / 2) / n;
  if (shift == 0) return "1";
  const std::string beside = fmt::format("$1{:+.3g}", shift);
  const auto by_x = points_by_x(curves);
  std::string alone;
  for (const FigurePoint& point : series.points) {
    if (!std::isfinite(point.y.estimate) || by_x.at(point.x) > 1) continue;
    alone += fmt::format("{}$1 == {}", alone.empty() ? "" : " || ",
                         data_number(point.x));
  }
  return alone.empty() ? fmt::format("({})", beside)
                       : fmt::format("({} ? $1 : {})", alone, beside);
}

// From where to where a box at $1 goes: as wide as a step, or a third of a
// doubling.
std::string box_of(const Curves& curves, Spacing spacing) {
  return spacing == Spacing::doublings
             ? "($1/1.12):($1*1.12)"
             : fmt::format("($1{:+.3g}):($1{:+.3g})", -curves.step / 2,
                           curves.step / 2);
}

// One entry of the plot command.
std::string entry(const Curves& curves, Spacing spacing, std::size_t index,
                  std::size_t drawn) {
  assert(index < curves.series.size());
  const Series& series = curves.series[index];
  const std::string from = fmt::format("data index {} using", index);
  const std::string title =
      quoted_for_script(shortened(one_line(series.name), kName));
  if (series.mark == Mark::band || series.mark == Mark::counts) {
    return fmt::format(
        "{} 1:2:{}:3:4 with boxxyerror \\\n"
        "    fs solid noborder lc rgb {} title {}",
        from, box_of(curves, spacing),
        series.mark == Mark::band ? "grey" : "faint", title);
  }
  if (series.mark == Mark::guide) {
    return fmt::format("{} 1:2 with lines lc rgb 'black' lw 0.6 dt 2 title {}",
                       from, title);
  }
  if (series.mark == Mark::faint) {
    return fmt::format("{} 1:2 with lines lc rgb faint lw 0.5 title {}", from,
                       title);
  }
  const bool intervals = has_intervals(series);
  const char* style = intervals ? "yerrorlines" : "linespoints";
  return fmt::format("{} {}:2{} with {} lt {} \\\n    title {}", from,
                     shifted(curves, series, drawn), intervals ? ":3:4" : "",
                     style, drawn + 1, title);
}

std::string range_of(const Curves& curves, Spacing spacing) {
  double low = INFINITY, high = -INFINITY;
  for (const Series& series : curves.series) {
    for (const FigurePoint& point : series.points) {
      low = std::min(low, point.x);
      high = std::max(high, point.x);
    }
  }
  if (spacing == Spacing::doublings) {
    return fmt::format("set logscale x 2\nset xrange [{:g}:{:g}]\n", low / 1.25,
                       high * 1.25);
  }
  // A lone x without a step: gnuplot would draw its tick anywhere. What stands
  // at the end of many narrow steps does not touch the frame.
  const double margin =
      curves.step > 0 ? std::max(0.75 * curves.step, 0.03 * (high - low)) : 1;
  if (curves.step == 0 && low != high) return "";
  return fmt::format("set xrange [{:g}:{:g}]\n", low - margin, high + margin);
}

}  // namespace

bool has_data(const Curves& curves) {
  return std::ranges::any_of(curves.series, [](const Series& series) {
    return is_drawn(series) &&
           std::ranges::any_of(series.points, [](const FigurePoint& point) {
             return std::isfinite(point.y.estimate);
           });
  });
}

std::string data_of(const Curves& curves) {
  std::string out;
  for (const Series& series : curves.series) {
    if (!out.empty()) out += "\n\n";
    out += "# " + comment_text(series.name) + "\n# x\ty\tlow\thigh\tlabel\n";
    const FigurePoint* last = nullptr;
    for (const FigurePoint& point : series.points) {
      // An empty line ends the line that joins points; yerrorbars, which draws
      // none, leaves gaps around them.
      if (last != nullptr && ends_line(series.mark, *last, point)) out += '\n';
      last = &point;
      out +=
          fmt::format("{}\t{}\t{}\t{}\t{}\n", data_number(point.x),
                      data_number(point.y.estimate), data_number(point.y.low),
                      data_number(point.y.high), quoted_for_data(point.label));
    }
  }
  return out;
}

Drawing drawing_of(const Curves& curves, const Figure& figure) {
  Drawing out;
  out.width = kColumn;
  out.height = 6.4 + kLegendLine * static_cast<double>(curves.series.size());
  out.settings = fmt::format(
      "set xlabel {}.room\nset ylabel {}\nset xzeroaxis lc rgb 'black' lw "
      "0.4\n"
      "set key samplen 2\n"
      "set bars 0.5\nset datafile separator tab\n",
      axis_label(figure.x), axis_label(figure.y));
  out.settings += range_of(curves, figure.x.spacing);
  if (!figure.x.marks.empty()) {
    out.settings +=
        fmt::format("set xtics ({})\n", fmt::join(figure.x.marks, ", "));
  }
  std::string entries;
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < curves.series.size(); ++i) {
    entries +=
        (i > 0 ? ", \\\n  " : "") + entry(curves, figure.x.spacing, i, drawn);
    if (is_drawn(curves.series[i])) ++drawn;
  }
  for (const PointLabel& label : point_labels(curves)) {
    out.settings += fmt::format(
        "set label {} at first {}, first {} {} offset {},{} front\n",
        quoted_for_script(label.text), data_number(label.x),
        data_number(label.y), label.to_the_left ? "right" : "left",
        label.to_the_left ? -0.7 : 0.7, label.lines);
  }
  out.plot = "plot " + entries;
  return out;
}

}  // namespace coxswain::analysis
