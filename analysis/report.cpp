#include "analysis/report.hpp"
#include "analysis/forms/figure_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/coverage.hpp"

namespace coxswain::analysis {
namespace {
// Two names may differ in what no file name has.
std::string unused(const std::string& name, std::set<std::string>& used) {
  std::string own = file_name_part(name);
  for (int i = 2; !used.insert(own).second; ++i) {
    own = fmt::format("{}_{}", file_name_part(name), i);
  }
  return own;
}
}  // namespace

std::vector<Table> make_report(const ReportSource& source) {
  std::vector<Table> tables;
  for (const ReportTable& one : kReportTables) {
    Table table = one.make(source);
    // What a sweep did not ask for has no table.
    if (table.rows.empty()) continue;
    show_coverage(table);
    table.place = one.place;
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<Figure> make_figures(const ReportSource& source) {
  std::vector<Figure> figures;
  std::set<std::string> used;
  for (const ReportFigures& kind : kReportFigures) {
    for (Figure& figure : kind.make(source)) {
      if (!has_data(figure)) continue;
      figure.name = unused(figure.name, used);
      figure.place = kind.place;
      const auto& [done, planned] = figure.cells;
      if (done < planned) {
        figure.title += fmt::format(" ({} of {} cells)", done, planned);
      }
      figures.push_back(std::move(figure));
    }
  }
  return figures;
}

}  // namespace coxswain::analysis
