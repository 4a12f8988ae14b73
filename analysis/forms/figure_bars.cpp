#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/forms/figure_kinds.hpp"
#include "analysis/forms/gnuplot_text.hpp"
#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kName = 46;  // characters of a group's name
constexpr double kRow = 0.33;      // cm

// A bar and the height at which it is drawn, in bars from the top.
struct Placed {
  double y = 0;
  const Bar* bar = nullptr;
  const Bars::Group* group = nullptr;
};

// A line for the name of each group, then its bars, then half a line.
double height_of(const Bars::Group& group) {
  return static_cast<double>(group.bars.size()) + 1.5;
}

std::vector<Placed> placed(const Bars& bars) {
  std::vector<Placed> out;
  double top = 0;
  for (const Bars::Group& group : bars.groups) {
    double y = top;
    for (const Bar& bar : group.bars) out.push_back({++y, &bar, &group});
    top += height_of(group);
  }
  return out;
}

// Kinds that some bar has: gnuplot counts no empty block, and blocks are called
// by number.
std::vector<std::size_t> kinds_of(const Bars& bars) {
  std::vector<std::size_t> kinds;
  for (const Placed& one : placed(bars)) kinds.push_back(one.bar->kind);
  std::ranges::sort(kinds);
  kinds.erase(std::ranges::unique(kinds).begin(), kinds.end());
  return kinds;
}

// The horizontal range: from 0, with room for numbers beside the longest bar.
std::string range_of(const Bars& bars) {
  double low = 0, high = 0;
  for (const Placed& one : placed(bars)) {
    const Interval& beside = one.bar->beside;
    for (const double x : {one.bar->value, beside.low, beside.high}) {
      if (!std::isfinite(x)) continue;
      low = std::min(low, x);
      high = std::max(high, x);
    }
  }
  const double span = high - low == 0 ? 1 : high - low;
  // The longest bar to the left does not touch the frame.
  return fmt::format("set xrange [{:.6g}:{:.6g}]\n",
                     low < 0 ? low - 0.03 * span : low, high + 0.2 * span);
}

std::string names_of(const Bars& bars) {
  std::string marks, labels;
  double top = 0;
  for (const Bars::Group& group : bars.groups) {
    labels += fmt::format(
        "set label {} at graph 0.01, first {} left\n",
        quoted_for_script(shortened(one_line(group.name), kName)), top);
    top += height_of(group);
  }
  for (const Placed& one : placed(bars)) {
    marks += fmt::format("{}{} {}", marks.empty() ? "" : ", ",
                         quoted_mark(shortened(one_line(one.bar->label), 24)),
                         one.y);
  }
  // The range runs downwards: the first group is on top.
  return fmt::format("{}set ytics ({}) scale 0\nset yrange [{}:-1]\n", labels,
                     marks, top - 0.5);
}

// Where the number of a bar stands: behind all that is drawn.
double end_of(const Bar& bar) {
  double end = std::max(0.0, bar.value);
  if (std::isfinite(bar.beside.high)) end = std::max(end, bar.beside.high);
  return end;
}

bool any_beside(const Bars& bars) {
  return std::ranges::any_of(placed(bars), [](const Placed& one) {
    return std::isfinite(one.bar->beside.estimate);
  });
}

}  // namespace

bool has_data(const Bars& bars) {
  return std::ranges::any_of(bars.groups, [](const Bars::Group& group) {
    return std::ranges::any_of(
        group.bars, [](const Bar& bar) { return std::isfinite(bar.value); });
  });
}

std::string data_of(const Bars& bars) {
  std::string out;
  const bool beside = any_beside(bars);
  for (const std::size_t kind : kinds_of(bars)) {
    if (!out.empty()) out += "\n\n";
    out += fmt::format("# {}\n# y\tvalue\tlabel\tgroup{}\n",
                       comment_text(bars.kinds.at(kind)),
                       beside ? "\tbeside\tlow\thigh\tend" : "");
    for (const Placed& one : placed(bars)) {
      if (one.bar->kind != kind) continue;
      out += fmt::format("{}\t{}\t{}\t{}", one.y, data_number(one.bar->value),
                         quoted_for_data(one.bar->label),
                         quoted_for_data(one.group->name));
      if (beside) {
        const Interval& other = one.bar->beside;
        out += fmt::format("\t{}\t{}\t{}\t{}", data_number(other.estimate),
                           data_number(other.low), data_number(other.high),
                           data_number(end_of(*one.bar)));
      }
      out += '\n';
    }
  }
  return out;
}

Drawing drawing_of(const Bars& bars, const Figure& figure) {
  Drawing out;
  const std::vector<std::size_t> kinds = kinds_of(bars);
  const bool beside = any_beside(bars);
  double rows = 0;
  for (const Bars::Group& group : bars.groups) rows += height_of(group);
  out.width = kColumn;
  out.height =
      2.9 + kRow * rows +
      kLegendLine * static_cast<double>(kinds.size() + (beside ? 1 : 0));
  out.settings = fmt::format(
      "set xlabel {}.room\n"
      "set key samplen 1\nset datafile separator tab\n{}{}{}",
      axis_label(figure.x), range_of(bars), names_of(bars),
      spelled_function(bars.decimals));
  std::string entries;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    entries += fmt::format(
        "{}data index {} using (0):1:(0):2:($1-0.4):($1+0.4) with boxxyerror "
        "\\\n    fs solid noborder lt {} title {}",
        i > 0 ? ", \\\n  " : "", i, kinds[i] + 2,
        quoted_for_script(one_line(bars.kinds.at(kinds[i]))));
  }
  if (beside) {
    entries += fmt::format(
        ", \\\n  data using 5:1:6:7 with xerrorbars pt 7 ps 0.3 lw 1 "
        "lc rgb 'black' title {}",
        quoted_for_script(one_line(bars.beside_name)));
  }
  // Behind the bar and its interval.
  entries += fmt::format(
      ", \\\n  data using ({}):1:(spelled($2)) with labels left offset {},0 "
      "notitle",
      beside ? "$8" : "$2 < 0 ? 0 : $2", beside ? 0.8 : 0.4);
  out.plot = "plot " + entries;
  return out;
}

}  // namespace coxswain::analysis
