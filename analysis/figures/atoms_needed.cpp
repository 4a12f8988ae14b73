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

Figure figure_of(const ReportSource& source, const AtomVerdict& of) {
  const storage::Results& results = source.results;
  const AtomCurve& curve = of.curve;
  const storage::VariantRow& place = variant_row(source, *curve.original);
  const storage::DecompositionRow& from =
      results.decompositions[static_cast<std::size_t>(curve.decomposition)];
  const std::vector<Coverage> cells = covered_variants(results);
  Figure figure;
  Series needed{"needed", Mark::points, {}},
      others{"not shown to be needed", Mark::points, {}};
  double least = 0, most = 0;
  for (const LeftOut& one : of.left_out) {
    if (one.effect.single == nullptr || one.effect.minus == nullptr) continue;
    const double alone = one.effect.single->content_slope.estimate /
                         curve.original->content_slope.estimate;
    least = std::min(least, alone);
    most = std::max(most, alone);
    (one.needed ? needed : others)
        .points.push_back(
            {alone, one.lost, std::to_string(one.effect.atom.feature)});
    for (const Steerability* some : {one.effect.single, one.effect.minus}) {
      figure.cells += cells[static_cast<std::size_t>(some->variant)];
    }
  }
  Curves curves;
  curves.series.push_back(
      {"as much as alone",
       Mark::guide,
       {{least, {least, NAN, NAN}, ""}, {most, {most, NAN, NAN}, ""}}});
  for (Series& series : std::vector<Series>{others, needed}) {
    if (!series.points.empty()) curves.series.push_back(std::move(series));
  }
  const std::string behaviour = behaviour_name(results, place.behaviour);
  const std::string name = fmt::format("{}, {}", sae_name(results, from.sae),
                                       method_name(results, from));
  figure.name = fmt::format("atoms_needed-{}-{}", behaviour, name);
  figure.title =
      fmt::format("{}, {} ({})", behaviour, name, items_of({curve.original}));
  figure.x = {"share of the content slope that the atom has alone"};
  figure.y = {"share that is lost without it"};
  figure.notes = {
      "The atoms with the largest coefficients, by their features. Bars: 95 % "
      "for new clusters. Needed: a tenth or more is lost, p < 0.05 adjusted "
      "over all atoms of the report."};
  for (std::string& note : data_notes(results, place.behaviour)) {
    figure.notes.push_back(std::move(note));
  }
  figure.content = std::move(curves);
  return figure;
}

}  // namespace

std::vector<Figure> atoms_needed(const ReportSource& source) {
  std::vector<Figure> figures;
  for (const AtomVerdict& of : atom_verdicts(source)) {
    const bool any = std::ranges::any_of(of.left_out, [](const LeftOut& one) {
      return one.effect.single != nullptr && one.effect.minus != nullptr;
    });
    if (any) figures.push_back(figure_of(source, of));
  }
  return figures;
}

}  // namespace coxswain::analysis
