#include "analysis/report.hpp"
#include "analysis/forms/figure_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/coverage.hpp"

namespace coxswain::analysis {
namespace {
constexpr MakeTable kTables[] = {main_table,
                                 steerability_table,
                                 slopes_table,
                                 letters_table,
                                 top_features_table,
                                 published_table,
                                 code_differences_table,
                                 decomposition_methods_table,
                                 sae_agreement_table,
                                 planted_table,
                                 saes_table,
                                 norms_table,
                                 activation_norms_table,
                                 default_components_table,
                                 negative_features_table,
                                 contexts_table};

constexpr MakeFigures kFigures[] = {dose_response,
                                    steerability_by_layer,
                                    slopes_heat_map,
                                    retained_against_cosine,
                                    retained_against_explained_variance,
                                    retained_against_atoms,
                                    retained_by_sae,
                                    cosines_by_scale,
                                    top_features,
                                    signs,
                                    norms_of_text,
                                    default_component,
                                    default_component_scaled,
                                    silenced_feature};

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
  for (const MakeTable make : kTables) {
    Table table = make(source);
    // What a sweep did not ask for has no table.
    if (table.rows.empty()) continue;
    show_coverage(table);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<Figure> make_figures(const ReportSource& source) {
  std::vector<Figure> figures;
  std::set<std::string> used;
  for (const MakeFigures make : kFigures) {
    for (Figure& figure : make(source)) {
      if (!has_data(figure)) continue;
      figure.name = unused(figure.name, used);
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
