#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/support_overlaps.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

// As many as are enough, or as were steered at most.
std::size_t atoms_of(const AtomVerdict& of) {
  const std::size_t level = of.enough.value_or(of.curve.levels.size() - 1);
  return static_cast<std::size_t>(of.curve.levels[level].atoms);
}

}  // namespace

Table overlaps_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "overlaps";
  table.title = "Which atoms come again, and which come whatever the vector";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"SAE"},
                   {"method"},
                   {"atoms"},
                   {"compared with"},
                   {"pairs"},
                   {"Jaccard", 2},
                   {"lowest", 2},
                   {"highest", 2},
                   {"rank correlation", 2}};
  table.notes = {
      "Of the strongest atoms (as many as are enough, see the verdict, or as "
      "were steered at most) of the vector and of what it is compared with: "
      "Jaccard, features in both over features in either; Spearman's "
      "correlation of the coefficients of those in either.",
      "What is among each other says what chance gives: how alike the atoms "
      "are of vectors that mean nothing. By decoder rows: atoms of two SAEs "
      "that were steered alone are one if each is the other's nearest and "
      "their |cosine| is 0.7 or more."};
  for (const AtomVerdict& of : atom_verdicts(source)) {
    const AtomCurve& curve = of.curve;
    if (of.left_out.empty()) continue;  // not the one that is judged
    const storage::VariantRow& row = variant_row(source, *curve.original);
    const storage::DecompositionRow& from =
        results.decompositions[static_cast<std::size_t>(curve.decomposition)];
    for (const SupportOverlap& one :
         support_overlaps(source, curve, atoms_of(of))) {
      table.rows.push_back(
          {behaviour_name(results, row.behaviour), std::int64_t{row.layer},
           sae_name(results, from.sae), method_name(results, from),
           static_cast<std::int64_t>(one.atoms),
           std::string(name_of(one.other)) +
               (one.name.empty() ? "" : ": " + one.name),
           static_cast<std::int64_t>(one.pairs), one.jaccard.estimate,
           one.jaccard.low, one.jaccard.high, one.rank_correlation});
    }
  }
  return table;
}

}  // namespace coxswain::analysis
