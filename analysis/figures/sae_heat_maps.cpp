#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

// Rows in the order they come, columns by their numbers.
class Rows {
 public:
  void add(const std::string& row, double column, double value) {
    if (std::ranges::find(rows_, row) == rows_.end()) rows_.push_back(row);
    // The column first: finish() goes through cells column by column,
    // ascending.
    cells_[{column, row}] = value;
  }

  std::size_t n_columns() const {
    std::size_t n = 0;
    double last = 0;
    for (const auto& [place, value] : cells_) {
      if (n == 0 || place.first != last) ++n;
      last = place.first;
    }
    return n;
  }

  HeatMap finish(const Axis& value) const {
    HeatMap map;
    map.value = value;
    map.rows = rows_;
    for (const auto& [place, number] : cells_) {
      const std::string column = fmt::format("{}", place.first);
      if (map.columns.empty() || map.columns.back() != column) {
        map.columns.push_back(column);
      }
      const auto row = std::ranges::find(rows_, place.second) - rows_.begin();
      map.cells.push_back(
          {static_cast<std::size_t>(row), map.columns.size() - 1, number});
    }
    return map;
  }

 private:
  std::vector<std::string> rows_;
  std::map<std::pair<double, std::string>, double> cells_;
};

// "encode, layer_L_width_16k": SAEs of several layers that differ in nothing
// else share a row.
std::string row_name(const storage::Results& results,
                     const storage::DecompositionRow& row) {
  const auto& sae = results.saes[static_cast<std::size_t>(row.sae)];
  return fmt::format("{}, {}", method_name(results, row),
                     without_layer(sae.name.str(), sae.layer));
}

Figure retained_of(const ReportSource& source, std::int32_t behaviour) {
  const storage::Results& results = source.results;
  const std::vector<Coverage> coverage = covered_variants(results);
  const std::int32_t operation =
      main_operations(results).at(static_cast<std::size_t>(behaviour));
  Figure figure;
  Rows rows;
  std::vector<const Steerability*> slopes;
  for (const Steerability& one : source.slopes) {
    const auto& variant =
        results.variants[static_cast<std::size_t>(one.variant)];
    if (variant.behaviour != behaviour || variant.decomposition < 0 ||
        !is(variant.part, storage::Part::all) ||
        !is(variant.dose_rule, storage::DoseRule::raw) ||
        variant.operation != operation || has_own_length(variant) ||
        is_resampled(variant)) {
      continue;
    }
    const double kept =
        source.retained[static_cast<std::size_t>(one.variant)].estimate;
    if (std::isnan(kept)) continue;
    const auto& from =
        results.decompositions[static_cast<std::size_t>(variant.decomposition)];
    if (from.vector < 0 || from.draw >= 0) continue;  // no code of it
    rows.add(row_name(results, from), variant.layer, kept);
    slopes.push_back(&one);
    figure.cells += coverage[static_cast<std::size_t>(one.variant)];
  }
  const std::string name = behaviour_name(results, behaviour);
  figure.name = "retained_by_sae-" + name;
  figure.title = fmt::format("{} ({})", name, items_of(slopes));
  figure.x = {"layer"};
  figure.notes = {
      "Content slope of whole reconstructions, as long as the vector, over the "
      "original's, by SAE and layer; 1 keeps all of it; n test items. Blank: "
      "not in the sweep, or the original does not steer."};
  for (std::string& note : data_notes(results, behaviour)) {
    figure.notes.push_back(std::move(note));
  }
  figure.content = rows.finish({"share of the content slope kept"});
  return figure;
}

Figure cosines_of(const ReportSource& source, std::int32_t behaviour) {
  const storage::Results& results = source.results;
  Figure figure;
  Rows rows;
  for (const storage::DecompositionRow* row :
       own_convention(results, without_b_dec(results))) {
    if (row->vector < 0 || !is(row->control, storage::Control::none)) {
      continue;
    }
    const auto& vector = results.vectors[static_cast<std::size_t>(row->vector)];
    if (vector.behaviour != behaviour) continue;
    rows.add(fmt::format("{}, {}", method_name(results, *row),
                         sae_name(results, row->sae)),
             row->scale, row->cosine);
    figure.cells += covered(results, row->cell);
  }
  const std::string name = behaviour_name(results, behaviour);
  figure.name = "cosines_by_scale-" + name;
  figure.title = name;
  figure.x = {"scale of the vector"};
  figure.notes = {
      "Cosine of the reconstruction to the vector, which was multiplied by the "
      "scale before it was taken apart. Blank: methods that a scale changes "
      "nothing for. A cross: a reconstruction of nothing has none."};
  // One scale is in the table of decompositions.
  if (rows.n_columns() > 1) {
    figure.content = rows.finish({"cosine to the vector"});
  }
  return figure;
}

std::vector<Figure> of_behaviours(const ReportSource& source,
                                  Figure (*make)(const ReportSource&,
                                                 std::int32_t)) {
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < source.results.behaviours.size(); ++i) {
    figures.push_back(make(source, static_cast<std::int32_t>(i)));
  }
  return figures;
}

}  // namespace

std::vector<Figure> retained_by_sae(const ReportSource& source) {
  return of_behaviours(source, retained_of);
}

std::vector<Figure> cosines_by_scale(const ReportSource& source) {
  return of_behaviours(source, cosines_of);
}

}  // namespace coxswain::analysis
