#include <algorithm>
#include <limits>
#include <optional>

#include "analysis/forms/sentences.hpp"
#include "analysis/measures/atom_verdicts.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

constexpr RatioSet kNothing{std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::quiet_NaN(),
                            RatioSet::Shape::none};

const RatioSet& retained(const ReportSource& source, const Steerability& one) {
  return source.retained[static_cast<std::size_t>(one.variant)];
}

TableCell atoms_cell(const AtomVerdict& of, std::optional<std::size_t> level) {
  return count_cell(level ? of.curve.levels[*level].atoms : -1);
}

// The features that are needed, the strongest atom first.
std::string needed_text(const AtomVerdict& of) {
  std::vector<std::string> features;
  std::size_t tested = 0;
  for (const LeftOut& one : of.left_out) {
    if (one.effect.minus != nullptr) ++tested;
    if (one.needed) {
      features.push_back(std::to_string(one.effect.atom.feature));
    }
  }
  if (tested == 0) return "-";
  return features.empty() ? "none of " + std::to_string(tested)
                          : listed(features) + " of " + std::to_string(tested);
}

}  // namespace

Table verdict_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "verdict";
  table.title = "Few atoms: are they enough, needed, the only ones?";
  table.columns = {{"behaviour"}, {"layer"},       {"SAE"},
                   {"method"},    {"length"},      {"K50"},
                   {"K90"},       {"enough at"},   {"for 90 % at"},
                   {"keep", 2},   {"disjoint", 2}, {"unique"},
                   {"needed"},    {"added up", 2}, {"of atoms"}};
  table.notes = {
      "Shares of the original's content slope, on test clusters, of vectors "
      "made of the K strongest atoms of the decomposition. K50, K90: the "
      "smallest of the K that were steered at which half, or nine tenths, are "
      "kept, after isotonic smoothing, with its 95 % interval by inversion.",
      "enough at: the smallest K of which the lower limit, for all K at once, "
      "is at least half (nine tenths), and which keeps more than fits on K "
      "decoder rows drawn at random do. keep: what these K atoms keep; "
      "disjoint: what as many atoms of a pursuit keep that had to do without "
      "all of the first one's, the draw that keeps most.",
      "unique: unique if every disjoint support keeps less than half (upper "
      "limit), not unique if one keeps at least 0.8 of what the first keep "
      "(lower limit).",
      "needed: features without whose atom the slope is smaller by a tenth of "
      "it or more, p < 0.05 adjusted over all atoms of the report. added up: "
      "what the strongest do alone, summed, less what they do together.",
      "For these training pairs: how the atoms change with others is another "
      "table (overlaps)."};
  for (const AtomVerdict& of : atom_verdicts(source)) {
    const AtomCurve& curve = of.curve;
    const storage::VariantRow& row = variant_row(source, *curve.original);
    const storage::DecompositionRow& from =
        results.decompositions[static_cast<std::size_t>(curve.decomposition)];
    const AtomLevel& level = curve.levels[of.enough.value_or(
        std::min(of.half.estimate, curve.levels.size() - 1))];
    const RatioSet* disjoint = &kNothing;
    for (const Steerability* one : level.disjoint) {
      const RatioSet& kept = retained(source, *one);
      if (disjoint == &kNothing || kept.estimate > disjoint->estimate) {
        disjoint = &kept;
      }
    }
    table.rows.push_back(
        {behaviour_name(results, row.behaviour), std::int64_t{row.layer},
         sae_name(results, from.sae), method_name(results, from),
         std::string(curve.norm == storage::NormRule::as_is ? "as it is"
                                                            : "the vector's"),
         passage_text(curve, of.half), passage_text(curve, of.most),
         atoms_cell(of, of.enough), atoms_cell(of, of.enough_for_most),
         retained(source, *level.first), *disjoint,
         level.disjoint.empty() ? std::string("-")
                                : std::string(name_of(of.unique)),
         needed_text(of), of.excess,
         count_cell(of.n_added == 0 ? -1
                                    : static_cast<std::int64_t>(of.n_added))});
  }
  return table;
}

}  // namespace coxswain::analysis
