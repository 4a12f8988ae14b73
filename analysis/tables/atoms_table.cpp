#include <limits>

#include "analysis/measures/atom_verdicts.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TableCell kept(const ReportSource& source, const Steerability* one) {
  constexpr RatioSet kNothing{kNaN, kNaN, kNaN, RatioSet::Shape::none};
  return one == nullptr
             ? kNothing
             : source.retained[static_cast<std::size_t>(one->variant)];
}

// What the first atoms up to this one keep, where so many were steered.
const Steerability* up_to(const AtomCurve& curve, std::size_t rank) {
  for (const AtomLevel& level : curve.levels) {
    if (static_cast<std::size_t>(level.atoms) == rank + 1) return level.first;
  }
  return nullptr;
}

}  // namespace

Table atoms_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "atoms";
  table.title = "What single atoms of a vector do, and what is lost without";
  table.columns = {{"behaviour"},   {"layer"},      {"SAE"},
                   {"method"},      {"rank"},       {"feature"},
                   {"coefficient"}, {"alone", 2},   {"lost without", 2},
                   {"p"},           {"adjusted"},   {"needed"},
                   {"off it", 2},   {"up to it", 2}};
  for (TableColumn& column : table.columns) {
    if (column.name == "p" || column.name == "adjusted") {
      column.kind = NumberKind::probability;
    }
  }
  table.notes = {
      "Atoms by the size of their coefficients, lengths as they are, shares of "
      "the original's content slope. alone: the atom times its coefficient. "
      "lost without: the vector's slope less that of the vector less the "
      "atom; p of that, two-sided, adjusted over all atoms of the report.",
      "off it: what the vector less its projection on the atom's decoder row "
      "keeps. up to it: what this and all stronger atoms keep together, where "
      "so many were steered."};
  const std::vector<Coverage> cells = covered_variants(results);
  constexpr std::size_t kFeature = 5;  // column
  for (const AtomVerdict& of : atom_verdicts(source)) {
    const AtomCurve& curve = of.curve;
    const storage::VariantRow& row = variant_row(source, *curve.original);
    const storage::DecompositionRow& from =
        results.decompositions[static_cast<std::size_t>(curve.decomposition)];
    for (const LeftOut& one : of.left_out) {
      const AtomEffect& effect = one.effect;
      Coverage behind;
      for (const Steerability* some :
           {effect.single, effect.minus, effect.off}) {
        if (some != nullptr) {
          behind += cells[static_cast<std::size_t>(some->variant)];
        }
      }
      table.coverage.push_back(behind);
      table.features.push_back(
          {table.rows.size(), kFeature, from.sae, {effect.atom.feature}});
      table.rows.push_back(
          {behaviour_name(results, row.behaviour), std::int64_t{row.layer},
           sae_name(results, from.sae), method_name(results, from),
           static_cast<std::int64_t>(effect.rank),
           std::to_string(effect.atom.feature),
           static_cast<double>(effect.atom.coefficient),
           kept(source, effect.single), one.lost, one.p, one.adjusted,
           std::string(effect.minus == nullptr ? "-"
                       : one.needed            ? "yes"
                                               : "no"),
           kept(source, effect.off), kept(source, up_to(curve, effect.rank))});
    }
  }
  return table;
}

}  // namespace coxswain::analysis
