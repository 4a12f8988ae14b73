#include "analysis/forms/figure_files.hpp"

#include <fmt/format.h>

#include "analysis/forms/figure_kinds.hpp"
#include "analysis/forms/gnuplot_text.hpp"
#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kTitle = 48;  // characters above a column

std::string heading(const Figure& figure) {
  std::string out =
      fmt::format("# {}: {}\n", figure.name, comment_text(figure.title));
  for (const std::string& note : figure.notes) {
    out += "# " + comment_text(note) + "\n";
  }
  return out;
}

// {0} name, {1} width, {2} height.
constexpr const char* kLooks =
    R"(# Made by coxswain report; made anew, it loses what was changed: change a copy.
# Draws {0}.svg and {0}.pdf: gnuplot -d {0}.gp, in this folder.

data = '{0}.dat'
width = {1:.1f}    # cm
height = {2:.1f}
font = 'Sans'
letters = 7    # points
zoom = 2       # of the SVG, which screens show

# The colours of Okabe and Ito, told apart with any colour vision.
set linetype 1 lc rgb '#000000' pt 7 ps 0.45 lw 1.2
set linetype 2 lc rgb '#0072B2' pt 5 ps 0.45 lw 1.2
set linetype 3 lc rgb '#D55E00' pt 9 ps 0.55 lw 1.2
set linetype 4 lc rgb '#009E73' pt 11 ps 0.55 lw 1.2
set linetype 5 lc rgb '#E69F00' pt 13 ps 0.55 lw 1.2
set linetype 6 lc rgb '#CC79A7' pt 4 ps 0.5 lw 1.2
set linetype 7 lc rgb '#56B4E9' pt 6 ps 0.5 lw 1.2
set linetype cycle 7
grey = '#D0D0D0'    # noise
faint = '#7ABBE6'   # single items, and how many there are

set encoding utf8
set border lw 0.6
set tics nomirror out
set xlabel offset 0,0.3
set key bmargin left vertical maxcols 1 Left reverse
room = "\n"    # between the axis and the legend
)";

// {0} the plot command, {1} name. Points are of pdfcairo at 3/4 of its scale,
// and pixels of the SVG's 96 an inch. Black letters need their white ground
// where a viewer's is dark.
constexpr const char* kDrawn = R"(
set terminal svg noenhanced size 37.8*zoom*width,37.8*zoom*height \
  font sprintf('%s,%g', font, letters*zoom*96/72.0) linewidth zoom \
  background 'white'
set output '{1}.svg'
{0}
set terminal pdfcairo noenhanced size width cm,height cm \
  font sprintf('%s,%g', font, letters) fontscale 0.75 linewidth 1
set output '{1}.pdf'
replot
set output
)";

}  // namespace

bool has_data(const Figure& figure) {
  return std::visit([](const auto& content) { return has_data(content); },
                    figure.content);
}

std::string to_data(const Figure& figure) {
  return heading(figure) +
         std::visit([](const auto& content) { return data_of(content); },
                    figure.content);
}

std::string to_script(const Figure& figure) {
  const Drawing drawing = std::visit(
      [&](const auto& content) { return drawing_of(content, figure); },
      figure.content);
  std::string out = heading(figure);
  // Names of files hold letters, digits, -, _ and . alone (report.cpp): they
  // need no quoting.
  out += fmt::format(kLooks, figure.name, drawing.width, drawing.height);
  out +=
      fmt::format("set title {}\n",
                  quoted_for_script(shortened(one_line(figure.title), kTitle)));
  out += drawing.settings;
  return out + fmt::format(kDrawn, drawing.plot, figure.name);
}

}  // namespace coxswain::analysis
