#include <fmt/format.h>

#include <algorithm>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/operations_note.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

// Noise has a cell a layer: the mean over its seeds.
void add_row(const ReportSource& source, const SlopeSeries& series,
             const std::vector<std::int32_t>& layers, HeatMap& map) {
  std::map<std::int32_t, std::vector<double>> slopes;
  for (const Steerability* one : series.slopes) {
    slopes[layer_of(source, *one)].push_back(one->content_slope.estimate);
  }
  std::size_t seeds = 0;
  for (const auto& [layer, values] : slopes) {
    const auto column = static_cast<std::size_t>(
        std::ranges::find(layers, layer) - layers.begin());
    // mean_present: a layer of which one seed is missing still has a mean of
    // the others.
    map.cells.push_back({map.rows.size(), column, mean_present(values)});
    seeds = std::max(seeds, values.size());
  }
  map.rows.push_back(seeds < 2
                         ? series.name
                         : fmt::format("{}, mean of {}", series.name, seeds));
}

// Takes out parts of some atoms, where there are so many that nothing else
// would be seen; whether it did.
bool drop_parts(const ReportSource& source, std::vector<SlopeSeries>& all) {
  constexpr std::ptrdiff_t kMostParts = 12;
  const auto is_of_atoms = [&](const SlopeSeries& one) {
    const auto part = variant_row(source, *one.slopes.front()).part;
    return storage::is_counted(static_cast<storage::Part>(part));
  };
  if (std::ranges::count_if(all, is_of_atoms) <= kMostParts) return false;
  std::erase_if(all, is_of_atoms);
  return true;
}

Figure figure_of(const ReportSource& source, std::int32_t behaviour) {
  std::vector<SlopeSeries> all = slope_series(source, behaviour);
  // A known answer steers so much that all else would be white.
  std::erase_if(all, [](const auto& one) {
    return one.source == storage::VariantSource::planted;
  });
  const bool crowded = drop_parts(source, all);
  const std::vector<std::int32_t> layers = layers_of(source, all);
  HeatMap map;
  map.value = {"content slope", "logits per unit multiplier"};
  for (const std::int32_t layer : layers) {
    map.columns.push_back(std::to_string(layer));
  }
  std::vector<const Steerability*> slopes;
  for (const SlopeSeries& series : all) {
    add_row(source, series, layers, map);
    slopes.insert(slopes.end(), series.slopes.begin(), series.slopes.end());
  }
  Figure figure;
  const std::string name = behaviour_name(source.results, behaviour);
  figure.name = "slopes_heat_map-" + name;
  figure.title = fmt::format("{} ({})", name, items_of(slopes));
  figure.x = {"layer"};
  figure.notes = {
      "Content slope of every variant at every layer, in logits per unit "
      "multiplier; n test items. Blank: not in the sweep. Planted vectors are "
      "in the table."};
  if (crowded) {
    figure.notes.emplace_back(
        "Parts of few atoms are in tables and figures of their own.");
  }
  const std::string steering = steering_note(source, behaviour);
  if (!steering.empty()) figure.notes.push_back(steering);
  const std::string operations = operations_note(source.results);
  if (!operations.empty()) figure.notes.push_back(operations);
  for (std::string& note : data_notes(source.results, behaviour)) {
    figure.notes.push_back(std::move(note));
  }
  figure.content = std::move(map);
  figure.cells = cells_of(source, all);
  return figure;
}

}  // namespace

std::vector<Figure> slopes_heat_map(const ReportSource& source) {
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < source.results.behaviours.size(); ++i) {
    figures.push_back(figure_of(source, static_cast<std::int32_t>(i)));
  }
  return figures;
}

}  // namespace coxswain::analysis
