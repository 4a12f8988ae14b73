#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/measures/atom_verdicts.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Mean, least and most of what draws keep.
Interval range_of(const std::vector<const Steerability*>& draws, double whole) {
  if (draws.empty()) return {kNaN, kNaN, kNaN};
  Interval range{0, INFINITY, -INFINITY};
  for (const Steerability* one : draws) {
    const double share = one->content_slope.estimate / whole;
    range.estimate += share / static_cast<double>(draws.size());
    range.low = std::min(range.low, share);
    range.high = std::max(range.high, share);
  }
  return range;
}

TableCell kept(const ReportSource& source, const Steerability* one) {
  constexpr RatioSet kNothing{kNaN, kNaN, kNaN, RatioSet::Shape::none};
  return one == nullptr
             ? kNothing
             : source.retained[static_cast<std::size_t>(one->variant)];
}

}  // namespace

Table atoms_kept_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "atoms_kept";
  table.title = "What the K strongest atoms keep of the content slope";
  table.columns = {{"behaviour"}, {"layer"},       {"SAE"},
                   {"method"},    {"length"},      {"K"},
                   {"keep", 2},   {"random", 2},   {"as near", 2},
                   {"turned", 2}, {"disjoint", 2}, {"without them", 2}};
  table.notes = {
      "keep: the K strongest atoms. random: fits on K decoder rows drawn at "
      "random, their mean and where 95 % of further draws lie, for all K at "
      "once.",
      "Mean, least and most over draws: as near, fits on as many drawn rows as "
      "come as near to the vector as matching pursuit of K; turned, matching "
      "pursuit with all rows turned at random, together; disjoint, without "
      "the atoms of the first pursuit and of earlier draws.",
      "without them: all atoms but the K strongest."};
  const std::vector<Coverage> cells = covered_variants(results);
  for (const AtomVerdict& of : atom_verdicts(source)) {
    const AtomCurve& curve = of.curve;
    const storage::VariantRow& row = variant_row(source, *curve.original);
    const storage::DecompositionRow& from =
        results.decompositions[static_cast<std::size_t>(curve.decomposition)];
    const double whole = curve.original->content_slope.estimate;
    for (std::size_t i = 0; i < curve.levels.size(); ++i) {
      const AtomLevel& level = curve.levels[i];
      table.coverage.push_back(
          cells[static_cast<std::size_t>(level.first->variant)]);
      table.rows.push_back(
          {behaviour_name(results, row.behaviour), std::int64_t{row.layer},
           sae_name(results, from.sae), method_name(results, from),
           std::string(curve.norm == storage::NormRule::as_is ? "as it is"
                                                              : "the vector's"),
           std::int64_t{level.atoms}, kept(source, level.first), of.random[i],
           range_of(level.cosine, whole), range_of(level.rotated, whole),
           range_of(level.disjoint, whole), kept(source, level.without_first)});
    }
  }
  return table;
}

}  // namespace coxswain::analysis
