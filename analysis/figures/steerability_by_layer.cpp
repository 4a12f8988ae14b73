#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kLines = 5;   // with the noise six in the legend
constexpr std::size_t kMarks = 12;  // layers, each with a mark on the axis

bool is_line(const SlopeSeries& series) {
  return series.source == VariantSource::original ||
         series.source == VariantSource::reconstruction ||
         series.source == VariantSource::zero_reconstruction;
}

std::int32_t main_operation(const ReportSource& source,
                            std::int32_t behaviour) {
  return main_operations(source.results)
      .at(static_cast<std::size_t>(behaviour));
}

// Whether it is made by a method that the report does not single out.
bool is_of_other_method(const ReportSource& source, const SlopeSeries& series) {
  const std::vector<std::string>& named = source.choices.methods.values;
  const storage::DecompositionRow* row =
      decomposition_row(source, *series.slopes.front());
  return !named.empty() && row != nullptr &&
         std::ranges::count(named, method_name(source.results, *row)) == 0;
}

// The original and its reconstructions, those of its own length if there are
// any, under the main operation: only they can be compared per unit of the
// multiplier.
std::vector<SlopeSeries> candidates(const ReportSource& source,
                                    std::int32_t operation,
                                    std::vector<SlopeSeries> all) {
  std::erase_if(all, [&](const auto& series) {
    return !is_line(series) || is_of_other_method(source, series) ||
           variant_row(source, *series.slopes.front()).operation != operation;
  });
  std::ranges::stable_partition(all, [](const auto& series) {
    return series.source == VariantSource::original;
  });
  const auto is_longer = [&](const auto& series) {
    return has_own_length(source, series);
  };
  const bool any_equal = std::ranges::any_of(all, [&](const auto& series) {
    return series.source != VariantSource::original && !is_longer(series);
  });
  if (any_equal) std::erase_if(all, is_longer);
  return all;
}

// No more series than a legend holds: the original, and the reconstructions
// with the largest slopes.
std::vector<SlopeSeries> largest(std::vector<SlopeSeries> all) {
  if (all.size() <= kLines) return all;
  std::vector<double> sizes;
  for (const SlopeSeries& series : all) {
    if (series.source != VariantSource::original)
      sizes.push_back(largest_slope(series));
  }
  std::ranges::sort(sizes, std::greater());
  // One line is the original's.
  const double least = sizes[kLines - 2];
  std::erase_if(all, [&](const auto& series) {
    return series.source != VariantSource::original &&
           largest_slope(series) < least;
  });
  all.resize(std::min(all.size(), kLines));
  return all;
}

// What all lines have in common, which need not stand in each line of the
// legend; empty if there is nothing.
std::string items_of_all(const std::vector<SlopeSeries>& lines) {
  std::set<std::string> items;
  for (const SlopeSeries& one : lines) items.insert(items_of(one.slopes));
  return items.size() == 1 ? *items.begin() : "";
}

Series line_of(const ReportSource& source, const SlopeSeries& series,
               bool with_items) {
  Series out{series.name, Mark::line, {}};
  if (with_items) out.name += fmt::format(" ({})", items_of(series.slopes));
  for (const Steerability* one : series.slopes) {
    out.points.push_back(
        {static_cast<double>(layer_of(source, *one)), one->content_slope});
  }
  return out;
}

// The grey band of one layer, and what it is made of.
struct Grey {
  Interval band{kNaN, kNaN, kNaN};
  std::vector<double> means;
};

// The grey band, at each layer from the lowest to the highest end of what a
// slope has to leave to be called steering; of several doses the first one, of
// several operations the main one.
std::optional<Series> grey_of(const ReportSource& source,
                              std::int32_t behaviour) {
  std::map<std::int32_t, Grey> by_layer;
  std::set<NoiseKind> kinds;
  std::size_t most = 0;
  std::optional<std::int32_t> dose_rule;
  const std::int32_t operation = main_operation(source, behaviour);
  for (const Noise& noise : noise_of(source.results, source.slopes)) {
    const auto& row =
        source.results
            .variants[static_cast<std::size_t>(noise.seeds.front()->variant)];
    if (row.behaviour != behaviour || !decides(noise.kind) ||
        noise.place.operation != operation) {
      continue;
    }
    if (!dose_rule) dose_rule = noise.place.dose_rule;
    if (noise.place.dose_rule != *dose_rule) continue;
    const Interval band = band_of(noise);
    Grey& grey = by_layer[row.layer];
    // fmin and fmax pass over NaN.
    grey.band.low = std::fmin(grey.band.low, band.low);
    grey.band.high = std::fmax(grey.band.high, band.high);
    grey.means.push_back(band.estimate);
    kinds.insert(noise.kind);
    most = std::max(most, noise.seeds.size());
  }
  if (kinds.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const NoiseKind kind : kinds) names.push_back(name_of(kind));
  // Of several the note says which.
  Series out{fmt::format("{} ({} a layer)",
                         names.size() == 1 ? names.front() : "noise", most),
             Mark::band,
             {}};
  for (auto& [layer, grey] : by_layer) {
    grey.band.estimate = mean_present(grey.means);
    out.points.push_back({static_cast<double>(layer), grey.band});
  }
  return out;
}

std::vector<std::string> notes_of(const ReportSource& source,
                                  std::int32_t behaviour) {
  std::vector<std::string> notes = {
      "Slope of logit(matching) - logit(other) on the multiplier against the "
      "layer steered at, with 95 % intervals for new clusters (n test items).",
      "Variants of one layer stand beside each other. Grey: where 95 % of "
      "directions without a meaning lie on these items, from the lowest to the "
      "highest end of the kinds that a slope has to leave."};
  const std::string steering = steering_note(source, behaviour);
  if (!steering.empty()) notes.push_back(steering);
  for (std::string& note : data_notes(source.results, behaviour)) {
    notes.push_back(std::move(note));
  }
  return notes;
}

Figure figure_of(const ReportSource& source, std::int32_t behaviour) {
  const std::vector<SlopeSeries> all = slope_series(source, behaviour);
  const std::vector<SlopeSeries> compared =
      candidates(source, main_operation(source, behaviour), all);
  const std::vector<SlopeSeries> lines = largest(compared);
  const std::vector<std::int32_t> layers = layers_of(source, all);
  Curves curves;
  curves.step = 1;
  if (layers.size() > 1) {
    curves.step = std::numeric_limits<double>::max();
    for (std::size_t i = 1; i < layers.size(); ++i) {
      curves.step =
          std::min(curves.step, static_cast<double>(layers[i] - layers[i - 1]));
    }
  }
  if (auto grey = grey_of(source, behaviour)) {
    curves.series.push_back(std::move(*grey));
  }
  const std::string items = items_of_all(lines);
  for (const SlopeSeries& series : lines) {
    curves.series.push_back(line_of(source, series, items.empty()));
  }
  Figure figure;
  const std::string name = behaviour_name(source.results, behaviour);
  figure.name = "steerability_by_layer-" + name;
  figure.title = items.empty() ? name : fmt::format("{} ({})", name, items);
  figure.x = {"layer", "", {}};
  if (layers.size() <= kMarks) {
    figure.x.marks.assign(layers.begin(), layers.end());
  }
  figure.y = {"content slope", "logits per unit multiplier"};
  figure.notes = notes_of(source, behaviour);
  if (compared.size() > lines.size()) {
    figure.notes.push_back(fmt::format(
        "Of {} variants those with the largest slopes; slopes_heat_map has "
        "all.",
        compared.size()));
  }
  figure.content = std::move(curves);
  figure.cells = cells_of(source, all);
  return figure;
}

}  // namespace

std::vector<Figure> steerability_by_layer(const ReportSource& source) {
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < source.results.behaviours.size(); ++i) {
    figures.push_back(figure_of(source, static_cast<std::int32_t>(i)));
  }
  return figures;
}

}  // namespace coxswain::analysis
