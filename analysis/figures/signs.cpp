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
      group.bars.push_back(
          {fmt::format("{}{}", less == 0 ? '+' : '-', against == 0 ? '+' : '-'),
           100 * static_cast<double>(signs.crossed[less][against]) /
               static_cast<double>(signs.features),
           less == against ? std::size_t{0} : std::size_t{1}});
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
  // Four sign pairs, equally likely where v and the codes have nothing to do
  // with each other.
  bars.guide = 25;
  bars.guide_name = "chance";
  for (const CodeSigns& one : code_signs(source.results)) {
    bars.groups.push_back(group_of(source.results, one));
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
  figure.content = std::move(bars);
  figure.cells =
      covered_kind(source.results, storage::CellKind::code_differences);
  return {figure};
}

}  // namespace coxswain::analysis
