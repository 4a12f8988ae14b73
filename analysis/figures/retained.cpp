#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kSeries = 5;  // with the guide six in the legend

// One reconstruction of a vector that steers.
struct Kept {
  const Steerability* one = nullptr;
  const storage::VariantRow* row = nullptr;
  double x = 0;  // what it is drawn against
  Interval retained;
};

// What has no bounded interval has no bar.
Interval bars_of(const RatioSet& set) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return set.shape == RatioSet::Shape::interval
             ? Interval{set.estimate, set.low, set.high}
             : Interval{set.estimate, kNaN, kNaN};
}

// What a reconstruction is drawn against; NaN where it has no such number.
using Measure = double (*)(const storage::Results& results,
                           const storage::VariantRow& row);

double cosine_of(const storage::Results&, const storage::VariantRow& row) {
  return row.cosine;
}

// Codes can be hundreds of times as long as the vector; beyond this they only
// press the others together.
constexpr double kLeastExplained = -1;

// The explained variance of a vector's whole code; NaN for its parts, and for
// codes of the zero vector.
double explained_variance_of(const storage::Results& results,
                             const storage::VariantRow& row) {
  const auto& decomposition =
      results.decompositions[static_cast<std::size_t>(row.decomposition)];
  return !is(row.part, storage::Part::all) || decomposition.vector < 0
             ? std::numeric_limits<double>::quiet_NaN()
             : std::max(decomposition.explained_variance, kLeastExplained);
}

// Reconstructions that are as long as their vector, where that one steers: what
// longer ones keep would say how long they are.
std::vector<Kept> kept_of(const ReportSource& source, Measure measure) {
  const storage::Results& results = source.results;
  const std::vector<std::int32_t> operations = main_operations(results);
  std::vector<Kept> all;
  for (const Steerability& one : source.slopes) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    if (row.decomposition < 0 || has_own_length(row) || is_resampled(row) ||
        is_support_control(results, row) ||
        row.operation !=
            operations.at(static_cast<std::size_t>(row.behaviour))) {
      continue;
    }
    if (std::isnan(row.cosine)) continue;  // a reconstruction of nothing
    const double x = measure(results, row);
    const RatioSet& kept =
        source.retained[static_cast<std::size_t>(one.variant)];
    // Where the original does not steer nothing is retained of it.
    if (std::isnan(x) || std::isnan(kept.estimate)) continue;
    all.push_back({&one, &row, x, bars_of(kept)});
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
std::string place_of(const storage::Results& results, const Kept& kept) {
  const std::string name = fmt::format("layer {}", kept.row->layer);
  return is(kept.row->part, storage::Part::all)
             ? name
             : name + ", " +
                   part_name(results, kept.row->part, kept.row->part_k);
}

// What points of one series share; the labels of points have the rest.
enum class Shared : std::uint8_t { both, behaviour, method, nothing };

bool shares_behaviour(Shared shared) {
  return shared == Shared::both || shared == Shared::behaviour;
}

bool shares_method(Shared shared) {
  return shared == Shared::both || shared == Shared::method;
}

// "kind, encode", then "layer 15"; or "kind", then "encode, layer 15".
struct Words {
  std::string series, label;
};

Words words_of(const storage::Results& results, const Kept& kept,
               Shared shared) {
  Words words;
  const auto add = [&](bool is_shared, const std::string& name) {
    std::string& to = is_shared ? words.series : words.label;
    to += (to.empty() ? "" : ", ") + name;
  };
  add(shares_behaviour(shared), behaviour_name(results, kept.row->behaviour));
  add(shares_method(shared), method_of(results, kept));
  add(false, place_of(results, kept));
  if (words.series.empty()) words.series = "reconstructions";
  return words;
}

// The most that keeps the legend short.
Shared shared_by(const storage::Results& results,
                 const std::vector<Kept>& all) {
  for (const Shared shared :
       {Shared::both, Shared::behaviour, Shared::method}) {
    std::set<std::string> names;
    for (const Kept& kept : all) {
      names.insert(words_of(results, kept, shared).series);
    }
    if (names.size() <= kSeries) return shared;
  }
  return Shared::nothing;
}

// A series a name, with the items of its points, where not all series have the
// same: then `items` has them.
std::vector<Series> series_of(const storage::Results& results,
                              const std::vector<Kept>& all,
                              std::string& items) {
  const Shared shared = shared_by(results, all);
  std::vector<Series> series;
  std::vector<std::vector<const Steerability*>> slopes;
  for (const Kept& kept : all) {
    const Words words = words_of(results, kept, shared);
    const auto place = std::ranges::find(series, words.series, &Series::name);
    const auto at = static_cast<std::size_t>(place - series.begin());
    if (place == series.end()) {
      series.push_back({words.series, Mark::points, {}});
      slopes.emplace_back();
    }
    series[at].points.push_back({kept.x, kept.retained, words.label});
    slopes[at].push_back(kept.one);
  }
  std::set<std::string> different;
  for (const auto& one : slopes) different.insert(items_of(one));
  if (different.size() == 1) {
    items = *different.begin();
    return series;
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    series[i].name += fmt::format(" ({})", items_of(slopes[i]));
  }
  return series;
}

// The line on which what lies along the vector steers, and nothing else does.
Series guide_of(const std::vector<Kept>& all) {
  double least = 0;
  for (const Kept& kept : all) least = std::min(least, kept.row->cosine);
  return {"equal to the cosine",
          Mark::guide,
          {{least, {least, least, least}}, {1, {1, 1, 1}}}};
}

Figure figure_of(const ReportSource& source, const std::vector<Kept>& all,
                 std::vector<Series> first) {
  const std::vector<Coverage> cells = covered_variants(source.results);
  Figure figure;
  Curves curves;
  curves.series = std::move(first);
  std::string items;
  for (Series& series : series_of(source.results, all, items)) {
    curves.series.push_back(std::move(series));
  }
  for (const Kept& kept : all) {
    figure.cells += cells[static_cast<std::size_t>(kept.one->variant)];
  }
  figure.title = "Steering kept by reconstructions";
  if (!items.empty()) figure.title += " (" + items + ")";
  figure.y = {"share of the content slope kept"};
  figure.content = std::move(curves);
  return figure;
}

constexpr const char* kIntervals =
    "Content slope of a reconstruction over the original's, where the original "
    "steers: its interval excludes 0 and its slope leaves the noise. Both are "
    "equally long. Intervals: 95 % (Fieller) for new clusters, n test items; "
    "without a bar: not bounded, see the table.";

std::vector<std::string> notes_of(const ReportSource& source,
                                  std::vector<std::string> notes) {
  notes.insert(notes.begin(), kIntervals);
  for (std::string& note : data_notes(source.results)) {
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace

std::vector<Figure> retained_against_cosine(const ReportSource& source) {
  const std::vector<Kept> all = kept_of(source, cosine_of);
  Figure figure = figure_of(source, all, {guide_of(all)});
  figure.name = "retained_against_cosine";
  figure.x = {"cosine of reconstruction and vector"};
  figure.notes = notes_of(
      source, {"On the dashed line what lies along the vector steers and "
               "nothing else does."});
  return {figure};
}

std::vector<Figure> retained_against_explained_variance(
    const ReportSource& source) {
  const std::vector<Kept> all = kept_of(source, explained_variance_of);
  const Series original{
      "as the original", Mark::guide, {{-1.2, {1, 1, 1}}, {1.2, {1, 1, 1}}}};
  Figure figure = figure_of(source, all, {original});
  figure.name = "retained_against_explained_variance";
  figure.x = {"explained variance of the reconstruction"};
  figure.notes = notes_of(
      source,
      {"1 - |v - v_hat|^2 / |v|^2 of a vector's whole code, before it is made "
       "as long as the vector: negative where the code is further from it than "
       "nothing; what is below -1 is drawn at -1."});
  return {figure};
}

}  // namespace coxswain::analysis
