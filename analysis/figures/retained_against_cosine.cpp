#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/coverage.hpp"
#include "analysis/labels.hpp"
#include "analysis/report.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kSeries = 7;  // as many as there are colours

// One reconstruction of a vector that steers.
struct Kept {
  const Steerability* one = nullptr;
  const storage::VariantRow* row = nullptr;
  Interval share;  // of the original's content slope
};

// Ends change places where the original's slope is negative.
Interval share_of(const Interval& slope, double original) {
  const auto [low, high] =
      std::minmax({slope.low / original, slope.high / original});
  return {slope.estimate / original, low, high};
}

// Those as long as the vector: shares of others say how long they are.
std::vector<Kept> kept_of(const FigureSource& source) {
  const storage::Results& results = source.results;
  std::vector<Kept> all;
  for (const Steerability& one : source.slopes) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    if (row.decomposition < 0 || has_own_length(results, row)) continue;
    if (std::isnan(row.cosine)) continue;  // a reconstruction of nothing
    const Steerability* original = original_of(results, source.slopes, row);
    if (original == nullptr || !steers(*original)) continue;
    all.push_back(
        {&one, &row,
         share_of(one.content_slope, original->content_slope.estimate)});
  }
  return all;
}

// "encode", "omp:4"; "zero" for what is decoded from the zero vector.
std::string method_of(const storage::Results& results, const Kept& kept) {
  const auto& decomposition =
      results.decompositions[static_cast<std::size_t>(kept.row->decomposition)];
  const std::string name = method_name(results, decomposition);
  return decomposition.vector < 0 ? "zero, " + name : name;
}

// "layer 15", "layer 15, negative".
std::string label_of(const storage::Results& results, const Kept& kept) {
  const std::string name = fmt::format("layer {}", kept.row->layer);
  return kept.row->part == 0
             ? name
             : name + ", " +
                   part_name(results, kept.row->part, kept.row->part_k);
}

// By behaviour and method; by behaviour alone where these would be too many.
std::vector<Series> series_of(const storage::Results& results,
                              const std::vector<Kept>& all) {
  std::set<std::pair<std::int32_t, std::string>> fine;
  for (const Kept& kept : all) {
    fine.emplace(kept.row->behaviour, method_of(results, kept));
  }
  std::vector<Series> series;
  for (const Kept& kept : all) {
    const std::string method = method_of(results, kept);
    std::string name = behaviour_name(results, kept.row->behaviour);
    std::string label = label_of(results, kept);
    if (fine.size() <= kSeries) {
      name += ", " + method;
    } else {
      label = method + ", " + label;
    }
    name += fmt::format(" (n = {})", kept.one->n_items);
    auto place = std::ranges::find(series, name, &Series::name);
    if (place == series.end()) {
      place = series.insert(place, {name, Mark::points, {}});
    }
    place->points.push_back({kept.row->cosine, kept.share, label});
  }
  return series;
}

// Where what lies along the vector steers, and nothing else does.
Series guide_of(const std::vector<Kept>& all) {
  double least = 0;
  for (const Kept& kept : all) least = std::min(least, kept.row->cosine);
  return {"equal to the cosine",
          Mark::guide,
          {{least, {least, least, least}}, {1, {1, 1, 1}}}};
}

}  // namespace

std::vector<Figure> retained_against_cosine(const FigureSource& source) {
  const std::vector<Kept> all = kept_of(source);
  const std::vector<Coverage> cells = covered_variants(source.results);
  Figure figure;
  Curves curves;
  curves.series = series_of(source.results, all);
  curves.series.insert(curves.series.begin(), guide_of(all));
  for (const Kept& kept : all) {
    figure.cells += cells[static_cast<std::size_t>(kept.one->variant)];
  }
  figure.name = "retained_against_cosine";
  figure.title = "Steering kept by reconstructions";
  figure.x = {"cosine of reconstruction and vector"};
  figure.y = {"share of the content slope kept"};
  figure.notes = {
      "Content slope of a reconstruction over the original's, where the "
      "original's interval excludes 0, against the cosine of what was steered "
      "with to the vector. Both are equally long.",
      "Intervals: 95 %, of the reconstruction's slope alone; n test items. On "
      "the dashed line what lies along the vector steers and nothing else "
      "does."};
  figure.content = std::move(curves);
  return {figure};
}

}  // namespace coxswain::analysis
