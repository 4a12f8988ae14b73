#include <fmt/format.h>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/code_signs.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

Bars::Group group_of(const storage::Results& results, const CodeSigns& signs) {
  Bars::Group group{
      fmt::format(
          "{}{} (n = {})", behaviour_name(results, signs.behaviour),
          results.saes.size() < 2 ? "" : ", " + sae_name(results, signs.sae),
          signs.features),
      {}};
  for (const int less : {0, 1}) {
    for (const int against : {0, 1}) {
      const double percent = 100 / static_cast<double>(signs.features);
      const Interval& null = signs.chance[less][against].null;
      group.bars.push_back(
          {fmt::format("{}{}", less == 0 ? '+' : '-', against == 0 ? '+' : '-'),
           percent * static_cast<double>(signs.crossed[less][against]),
           less == against ? std::size_t{0} : std::size_t{1},
           {percent * null.estimate, percent * null.low, percent * null.high}});
    }
  }
  return group;
}

}  // namespace

std::vector<Figure> signs(const ReportSource& source) {
  Bars bars;
  bars.kinds = {"the vector agrees with the codes",
                "the vector contradicts the codes"};
  bars.decimals = 0;
  bars.beside_name = "labels that mean nothing";
  bool chance = false, none = false;
  for (const CodeSigns& one : code_signs(source.results)) {
    bars.groups.push_back(group_of(source.results, one));
    (one.shuffles > 0 ? chance : none) = true;
  }
  Figure figure;
  figure.name = "signs";
  figure.title = "Features whose mean codes differ most";
  figure.x = {"share of the features", "%"};
  figure.notes = {
      "n features with the largest |mean f(x+) - mean f(x-)|, by the sign of "
      "that difference, then that of <v, E_j>. Exchanging x+ and x- exchanges "
      "++ with -- and +- with -+.",
      "What a code without negative numbers cannot say of v lies in --."};
  if (chance) {
    figure.notes.push_back(
        "Beside each bar: median and 95 % where x+ and x- are exchanged at "
        "random for whole clusters of pairs, half of those of each letter, "
        "and the features are chosen anew.");
  }
  if (none) {
    figure.notes.push_back(
        chance ? "Where nothing stands beside bars, clusters are too few or "
                 "were not exchanged: nothing is known of chance."
               : "Nothing is known of what labels that mean nothing would "
                 "give: x+ and x- were not exchanged.");
  }
  figure.content = std::move(bars);
  figure.cells =
      covered_kind(source.results, storage::CellKind::code_differences);
  figure.cells += covered_kind(source.results, storage::CellKind::sign_nulls);
  return {figure};
}

}  // namespace coxswain::analysis
