#include <fmt/format.h>

#include <algorithm>

#include "analysis/coverage.hpp"
#include "analysis/labels.hpp"
#include "analysis/report.hpp"

namespace coxswain::analysis {
namespace {

// Ends change places where the original's slope is negative.
Interval share_of(const Interval& slope, double original) {
  const auto [low, high] =
      std::minmax({slope.low / original, slope.high / original});
  return {slope.estimate / original, low, high};
}

// "encode at 15", "omp:4, negative at 15".
std::string label_of(const storage::Results& results,
                     const storage::VariantRow& row) {
  const auto& decomposition =
      results.decompositions[static_cast<std::size_t>(row.decomposition)];
  std::string name = method_name(results, decomposition);
  if (decomposition.vector < 0) name += " of zero";
  if (row.part != 0) name += ", " + part_name(results, row.part, row.part_k);
  return fmt::format("{} at {}", name, row.layer);
}

}  // namespace

std::vector<Figure> retained_against_cosine(const FigureSource& source) {
  const storage::Results& results = source.results;
  const std::vector<Coverage> cells = covered_variants(results);
  Figure figure;
  Curves curves;
  curves.series.push_back({"equal to the cosine",
                           Mark::guide,
                           {{-1, {-1, -1, -1}}, {1, {1, 1, 1}}}});
  std::vector<std::int32_t> behaviours;  // of the series behind the guide
  double least = 0;
  for (const Steerability& one : source.slopes) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    if (row.decomposition < 0) continue;
    const Steerability* original = original_of(results, source.slopes, row);
    if (original == nullptr || !steers(*original)) continue;
    auto place = std::ranges::find(behaviours, row.behaviour);
    if (place == behaviours.end()) {
      place = behaviours.insert(place, row.behaviour);
      curves.series.push_back(
          {fmt::format("{} (n = {})", behaviour_name(results, row.behaviour),
                       one.n_items),
           Mark::points,
           {}});
    }
    figure.cells += cells[static_cast<std::size_t>(one.variant)];
    least = std::min(least, row.cosine);
    curves.series[static_cast<std::size_t>(place - behaviours.begin()) + 1]
        .points.push_back(
            {row.cosine,
             share_of(one.content_slope, original->content_slope.estimate),
             label_of(results, row)});
  }
  auto& guide = curves.series[0].points;
  guide[0] = {least, {least, least, least}};
  figure.name = "retained_against_cosine";
  figure.title = "Steering kept by reconstructions";
  figure.x = {"cosine of reconstruction and vector"};
  figure.y = {"share of the content slope kept"};
  figure.notes = {
      "Content slope of a reconstruction over the original's, where the "
      "original's interval excludes 0, against the cosine of what was steered "
      "with to the vector.",
      "Intervals: 95 %, of the reconstruction's slope alone; n test items. "
      "Both "
      "are equally long: on the dashed line what lies along the vector steers "
      "and nothing else does."};
  figure.content = std::move(curves);
  return {figure};
}

}  // namespace coxswain::analysis
