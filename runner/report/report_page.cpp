#include "runner/report/report_page.hpp"

#include <toml++/toml.h>

#include <fstream>
#include <iterator>

#include "analysis/page/html_page.hpp"

namespace coxswain::runner {
namespace {

std::string drawing_of(const analysis::Figure& figure,
                       const std::string& folder) {
  std::ifstream file(folder + "/" + figure.name + ".svg", std::ios::binary);
  return file ? std::string(std::istreambuf_iterator<char>(file), {}) : "";
}

// Results alone know what they are called, wherever they lie.
std::string name_of_sweep(const std::string& sweep) {
  try {
    return toml::parse(sweep)["name"].value_or(std::string());
  } catch (const toml::parse_error&) {
    return "";
  }
}

}  // namespace

ReportFile page_file(const Report& report, const storage::Results& results,
                     const std::string& folder) {
  std::vector<analysis::DrawnFigure> figures;
  for (const analysis::Figure& figure : report.figures) {
    figures.push_back({figure, drawing_of(figure, folder)});
  }
  return {"report.html",
          analysis::html_page({name_of_sweep(results.origin.sweep), results,
                               report.tables, std::move(figures),
                               report.methods, report.answers})};
}

}  // namespace coxswain::runner
