#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/slope_series.hpp"
#include "analysis/measures/steered_place.hpp"
#include "analysis/measures/training_sizes.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kLines = 5;  // in the legend
constexpr std::size_t kMarks = 8;  // below an axis

Series series_of(const ReportSource& source, const TrainingCurve& curve) {
  Series series{
      layer_name(source.results, variant_row(source, *curve.original)),
      Mark::line,
      {}};
  for (const TrainingSize& size : curve.sizes) {
    Interval y = range_of(size);
    if (size.draws.size() < 2) y.low = y.high = NAN;
    series.points.push_back({static_cast<double>(size.clusters), y, ""});
  }
  if (curve.all_clusters > curve.sizes.back().clusters) {
    series.points.push_back({static_cast<double>(curve.all_clusters),
                             {curve.original->content_slope.estimate, NAN, NAN},
                             ""});
  }
  return series;
}

Figure figure_of(const ReportSource& source,
                 const std::vector<TrainingCurve>& curves) {
  const storage::Results& results = source.results;
  const std::vector<Coverage> cells = covered_variants(results);
  const std::int32_t behaviour =
      variant_row(source, *curves.front().original).behaviour;
  Figure figure;
  Curves lines;
  std::set<double> sizes;
  std::vector<const Steerability*> slopes;
  for (std::size_t i = 0; i < std::min(curves.size(), kLines); ++i) {
    lines.series.push_back(series_of(source, curves[i]));
    for (const FigurePoint& point : lines.series.back().points) {
      sizes.insert(point.x);
    }
    slopes.push_back(curves[i].original);
    for (const TrainingSize& size : curves[i].sizes) {
      for (const Steerability* one : size.draws) {
        figure.cells += cells[static_cast<std::size_t>(one->variant)];
      }
    }
  }
  const std::string name = behaviour_name(results, behaviour);
  figure.name = "training_sizes-" + name;
  figure.title = fmt::format("{} ({})", name, items_of(slopes));
  figure.x.label = "training clusters";
  figure.x.spacing = Spacing::doublings;
  if (sizes.size() <= kMarks) figure.x.marks.assign(sizes.begin(), sizes.end());
  figure.y = {"content slope"};
  figure.content = std::move(lines);
  figure.notes = {
      "Content slope of vectors that are made of the first clusters of random "
      "orders of the training clusters: mean over the orders, bars from the "
      "lowest to the highest. A last point without a bar is the original, of "
      "all clusters."};
  if (curves.size() > kLines) {
    figure.notes.push_back(
        fmt::format("Of {} lines the first {}.", curves.size(), kLines));
  }
  for (std::string& note : data_notes(results, behaviour)) {
    figure.notes.push_back(std::move(note));
  }
  return figure;
}

}  // namespace

std::vector<Figure> training_sizes(const ReportSource& source) {
  // Slopes of other operations are per another multiplier, those of other doses
  // per another length.
  const std::vector<std::int32_t> operations = main_operations(source.results);
  std::map<std::int32_t, std::vector<TrainingCurve>> by_behaviour;
  for (TrainingCurve& curve : training_curves(source)) {
    const storage::VariantRow& row = variant_row(source, *curve.original);
    std::vector<TrainingCurve>& of = by_behaviour[row.behaviour];
    if (row.operation !=
            operations.at(static_cast<std::size_t>(row.behaviour)) ||
        (!of.empty() && variant_row(source, *of.front().original).dose_rule !=
                            row.dose_rule)) {
      continue;
    }
    of.push_back(std::move(curve));
  }
  std::erase_if(by_behaviour,
                [](const auto& one) { return one.second.empty(); });
  std::vector<Figure> figures;
  for (const auto& [behaviour, curves] : by_behaviour) {
    figures.push_back(figure_of(source, curves));
  }
  return figures;
}

}  // namespace coxswain::analysis
