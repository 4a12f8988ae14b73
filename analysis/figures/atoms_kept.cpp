#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/atom_verdicts.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kMarks = 8;  // below an axis

Interval bar_of(const RatioSet& set) {
  return set.shape == RatioSet::Shape::interval
             ? Interval{set.estimate, set.low, set.high}
             : Interval{set.estimate, NAN, NAN};
}

// Points of draws, by number of atoms.
template <class Draws>
Series draws_of(const char* name, const AtomVerdict& of, const Draws& draws) {
  Series series{name, Mark::points, {}};
  const double whole = of.curve.original->content_slope.estimate;
  for (const AtomLevel& level : of.curve.levels) {
    for (const Steerability* one : draws(level)) {
      series.points.push_back({static_cast<double>(level.atoms),
                               {one->content_slope.estimate / whole, NAN, NAN},
                               ""});
    }
  }
  return series;
}

Series kept_of(const ReportSource& source, const AtomVerdict& of,
               const std::string& name, bool with_bars) {
  Series series{name, Mark::line, {}};
  for (const AtomLevel& level : of.curve.levels) {
    Interval kept =
        bar_of(source.retained[static_cast<std::size_t>(level.first->variant)]);
    if (!with_bars) kept.low = kept.high = NAN;
    series.points.push_back({static_cast<double>(level.atoms), kept, ""});
  }
  return series;
}

Series band_of(const AtomVerdict& of) {
  Series series{"atoms drawn at random", Mark::band, {}};
  for (std::size_t i = 0; i < of.random.size(); ++i) {
    if (std::isnan(of.random[i].low)) continue;
    series.points.push_back(
        {static_cast<double>(of.curve.levels[i].atoms), of.random[i], ""});
  }
  return series;
}

Series guide_of(const char* name, double share, const AtomCurve& curve) {
  return {
      name,
      Mark::guide,
      {{static_cast<double>(curve.levels.front().atoms), {share, NAN, NAN}, ""},
       {static_cast<double>(curve.levels.back().atoms),
        {share, NAN, NAN},
        ""}}};
}

// Curves of one vector, SAE and length: the first method's is the one that is
// held against others.
using Methods = std::vector<const AtomVerdict*>;

std::vector<Series> series_of(const ReportSource& source,
                              const Methods& methods) {
  const AtomVerdict& of = *methods.front();
  std::vector<Series> all{
      band_of(of), guide_of("half", kHalf, of.curve),
      draws_of("all rows turned", of,
               [](const AtomLevel& one) { return one.rotated; }),
      draws_of("disjoint atoms", of,
               [](const AtomLevel& one) { return one.disjoint; })};
  for (std::size_t i = methods.size(); i-- > 0;) {
    const auto& from = source.results.decompositions[static_cast<std::size_t>(
        methods[i]->curve.decomposition)];
    all.push_back(kept_of(source, *methods[i],
                          "strongest of " + method_name(source.results, from),
                          i == 0));
  }
  std::erase_if(all, [](const Series& one) { return one.points.empty(); });
  return all;
}

Figure figure_of(const ReportSource& source, const Methods& methods) {
  const storage::Results& results = source.results;
  const AtomCurve& curve = methods.front()->curve;
  const storage::VariantRow& place = variant_row(source, *curve.original);
  const storage::DecompositionRow& from =
      results.decompositions[static_cast<std::size_t>(curve.decomposition)];
  Figure figure;
  const std::vector<Coverage> cells = covered_variants(results);
  for (const AtomLevel& level : curve.levels) {
    figure.x.marks.push_back(level.atoms);
    figure.cells += cells[static_cast<std::size_t>(level.first->variant)];
  }
  if (figure.x.marks.size() > kMarks) figure.x.marks.clear();
  const std::string behaviour = behaviour_name(results, place.behaviour);
  const std::string sae = sae_name(results, from.sae);
  const bool own = curve.norm == storage::NormRule::as_is;
  figure.name = fmt::format("atoms_kept-{}{}-{}", own ? "" : "equal_length-",
                            behaviour, sae);
  figure.title =
      fmt::format("{}, {} ({})", behaviour, sae, items_of({curve.original}));
  figure.x.label = own ? "atoms" : "atoms, as long as the vector";
  figure.x.spacing = Spacing::doublings;
  figure.y = {"share of the content slope kept"};
  figure.notes = {
      "Content slope of the atoms with the largest coefficients over the "
      "original's. Bars: 95 % (Fieller) for new clusters; grey: where 95 % of "
      "further fits on decoder rows drawn at random lie, for all numbers of "
      "atoms at once.",
      "Disjoint: of pursuits without the atoms of the first and of earlier "
      "ones. All rows turned: pursuits with the decoder turned at random."};
  for (std::string& note : data_notes(results, place.behaviour)) {
    figure.notes.push_back(std::move(note));
  }
  figure.content = Curves{series_of(source, methods)};
  return figure;
}

}  // namespace

std::vector<Figure> atoms_kept(const ReportSource& source) {
  const std::vector<AtomVerdict> verdicts = atom_verdicts(source);
  std::vector<std::pair<std::tuple<std::int32_t, std::int32_t, int>, Methods>>
      groups;
  for (const AtomVerdict& of : verdicts) {
    if (of.curve.levels.size() < 2) continue;
    const auto& from =
        source.results
            .decompositions[static_cast<std::size_t>(of.curve.decomposition)];
    const std::tuple key(of.curve.original->variant, from.sae,
                         static_cast<int>(of.curve.norm));
    auto group = std::ranges::find(groups, key,
                                   [](const auto& one) { return one.first; });
    if (group == groups.end()) group = groups.insert(group, {key, {}});
    // The one that is held against others comes first.
    const bool judged = std::ranges::any_of(
        of.curve.levels,
        [](const AtomLevel& level) { return !level.disjoint.empty(); });
    group->second.insert(judged ? group->second.begin() : group->second.end(),
                         &of);
  }
  std::vector<Figure> figures;
  for (const auto& [key, methods] : groups) {
    figures.push_back(figure_of(source, methods));
  }
  return figures;
}

}  // namespace coxswain::analysis
