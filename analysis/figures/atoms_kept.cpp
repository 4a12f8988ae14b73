#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

Series kept_of(const ReportSource& source, const AtomVerdict& of) {
  Series series{"the strongest atoms", Mark::line, {}};
  for (const AtomLevel& level : of.curve.levels) {
    series.points.push_back(
        {static_cast<double>(level.atoms),
         bar_of(
             source.retained[static_cast<std::size_t>(level.first->variant)]),
         ""});
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

Figure figure_of(const ReportSource& source, const AtomVerdict& of) {
  const storage::Results& results = source.results;
  const AtomCurve& curve = of.curve;
  const storage::VariantRow& place = variant_row(source, *curve.original);
  const storage::DecompositionRow& from =
      results.decompositions[static_cast<std::size_t>(curve.decomposition)];
  Curves curves;
  for (Series& series : std::vector<Series>{
           band_of(of), guide_of("half", kHalf, curve),
           draws_of("all rows turned", of,
                    [](const AtomLevel& one) { return one.rotated; }),
           draws_of("disjoint atoms", of,
                    [](const AtomLevel& one) { return one.disjoint; }),
           kept_of(source, of)}) {
    if (!series.points.empty()) curves.series.push_back(std::move(series));
  }
  Figure figure;
  const std::vector<Coverage> cells = covered_variants(results);
  for (const AtomLevel& level : curve.levels) {
    figure.x.marks.push_back(level.atoms);
    figure.cells += cells[static_cast<std::size_t>(level.first->variant)];
  }
  if (figure.x.marks.size() > kMarks) figure.x.marks.clear();
  const std::string behaviour = behaviour_name(results, place.behaviour);
  const bool own = curve.norm == storage::NormRule::as_is;
  const std::string name = fmt::format("{}, {}", sae_name(results, from.sae),
                                       method_name(results, from));
  figure.name = fmt::format("atoms_kept-{}-{}{}", behaviour, name,
                            own ? "" : "-equal_length");
  figure.title = fmt::format("{}, {}{} ({})", behaviour, name,
                             own ? "" : ", as long as the vector",
                             items_of({curve.original}));
  figure.x.label = "atoms";
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
  figure.content = std::move(curves);
  return figure;
}

}  // namespace

std::vector<Figure> atoms_kept(const ReportSource& source) {
  std::vector<Figure> figures;
  for (const AtomVerdict& of : atom_verdicts(source)) {
    if (of.curve.levels.size() > 1) figures.push_back(figure_of(source, of));
  }
  return figures;
}

}  // namespace coxswain::analysis
