#include "analysis/page/figure_values.hpp"

namespace coxswain::analysis {
namespace {

// A column called after an axis.
std::string called(const Axis& axis, const char* otherwise) {
  return axis.label.empty() ? otherwise : axis.label;
}

void add(const Curves& curves, const Figure& figure, Table& table) {
  table.columns = {
      {"series"}, {called(figure.x, "x"), 2}, {called(figure.y, "y"), 3}};
  for (const Series& series : curves.series) {
    // Hundreds of numbers that show a spread; the figure's data have them.
    if (series.mark == Mark::faint) continue;
    for (const FigurePoint& point : series.points) {
      const std::string& label = point.label;
      table.rows.push_back({series.name + (label.empty() ? "" : ", " + label),
                            point.x, point.y});
    }
  }
}

void add(const Bars& bars, const Figure& figure, Table& table) {
  table.columns = {
      {"group"}, {"bar"}, {"kind"}, {called(figure.x, "value"), bars.decimals}};
  for (const Bars::Group& group : bars.groups) {
    for (const Bar& bar : group.bars) {
      table.rows.push_back(
          {group.name, bar.label,
           bar.kind < bars.kinds.size() ? bars.kinds[bar.kind] : std::string(),
           bar.value});
    }
  }
}

void add(const HeatMap& map, const Figure& figure, Table& table) {
  table.columns = {{called(figure.y, "row")},
                   {called(figure.x, "column")},
                   {called(map.value, "value"), 3}};
  for (const HeatMap::Cell& cell : map.cells) {
    table.rows.push_back(
        {map.rows.at(cell.row), map.columns.at(cell.column), cell.value});
  }
}

}  // namespace

Table values_of(const Figure& figure) {
  Table table;
  table.name = "values-" + figure.name;
  table.title = "Values of the figure";
  std::visit([&](const auto& content) { add(content, figure, table); },
             figure.content);
  return table;
}

}  // namespace coxswain::analysis
