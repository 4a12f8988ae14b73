#include <fmt/format.h>

#include <algorithm>

#include "analysis/measures/code_signs.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

// "1,000", or how many there are at least and at most.
std::string exchanges(const std::vector<CodeSigns>& signs) {
  std::int32_t least = 0, most = 0;
  for (const CodeSigns& one : signs) {
    if (one.shuffles == 0) continue;
    least = least == 0 ? one.shuffles : std::min(least, one.shuffles);
    most = std::max(most, one.shuffles);
  }
  return least == most ? fmt::format("{}", most)
                       : fmt::format("{} to {}", least, most);
}

std::vector<std::string> chance_notes(const std::vector<CodeSigns>& signs) {
  const bool any = std::ranges::any_of(
      signs, [](const CodeSigns& one) { return one.shuffles > 0; });
  if (!any) {
    return {
        "by chance: nothing is known of what meaningless labels would give; "
        "these results have no exchanges of x+ and x-."};
  }
  return {
      fmt::format(
          "by chance: median and 95 % of the counts of {} exchanges of x+ and "
          "x- for whole clusters of pairs, half of those of each letter, the "
          "features chosen anew each time.",
          exchanges(signs)),
      "p of --: of more -- than meaningless labels of these pairs give, (1 + "
      "exchanges with at least as many) / (1 + exchanges). It does not say "
      "that signs do not matter: steering with signed parts beside positive "
      "ones does."};
}

}  // namespace

Table code_differences_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  const std::vector<CodeSigns> signs = code_signs(results);
  Table table;
  table.name = "table2";
  table.title =
      "The paper's Table 2: signs of the features whose mean codes differ most "
      "between x+ "
      "and x-";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"SAE"},
                   {"features"},
                   {"negative encoder"},
                   {"negative decoder"},
                   {"++"},
                   {"+-"},
                   {"-+"},
                   {"--"},
                   {"negative encoder and f(v) = 0"},
                   {"-- by chance", 0},
                   {"p of --", 3, NumberKind::probability},
                   {"clusters"},
                   {"remark"}};
  table.notes = {
      "features: those with the largest |mean f(x+) - mean f(x-)|, none whose "
      "difference is zero;",
      "negative encoder, negative decoder: of these, with <v, E_j> < 0 and "
      "with <v, D_j / |D_j|> < 0;",
      "+- and so on: sign of mean f(x+) - mean f(x-), then sign of <v, E_j>. "
      "What a code without negative numbers cannot say of v lies in --.",
      "Which side is x+ decides of each pair of counts which is which: "
      "exchanged, ++ becomes -- and +- becomes -+, and n of N negative "
      "projections become N - n."};
  for (std::string& note : chance_notes(signs)) {
    table.notes.push_back(std::move(note));
  }
  // A vector whose differences are missing has no row, one whose exchanges are
  // has no p.
  table.cells = covered_kind(results, storage::CellKind::code_differences);
  table.cells += covered_kind(results, storage::CellKind::sign_nulls);
  for (const CodeSigns& one : signs) {
    const SignChance& chance = one.chance[1][1];
    table.rows.push_back(
        {behaviour_name(results, one.behaviour), std::int64_t{one.layer},
         sae_name(results, one.sae), one.features, one.negative_encoder,
         one.negative_decoder, one.crossed[0][0], one.crossed[0][1],
         one.crossed[1][0], one.crossed[1][1], one.silent, chance.null,
         chance.p, count_cell(one.clusters), one.remark});
  }
  return table;
}

}  // namespace coxswain::analysis
