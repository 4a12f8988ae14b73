#include "analysis/measures/code_signs.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
Table code_differences_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "table2";
  table.title =
      "Table 2: signs of the features whose mean codes differ most between x+ "
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
                   {"negative encoder and f(v) = 0"}};
  table.notes = {
      "features: those with the largest |mean f(x+) - mean f(x-)|, none whose "
      "difference is zero;",
      "negative encoder, negative decoder: of these, with <v, E_j> < 0 and "
      "with <v, D_j / |D_j|> < 0;",
      "+- and so on: sign of mean f(x+) - mean f(x-), then sign of <v, E_j>. "
      "What a code without negative numbers cannot say of v lies in --.",
      "Exchanging x+ and x- turns v round and a count of n of N into N - n: "
      "50 % is what chance gives, and near it a count says nothing.",
      "It exchanges ++ with -- and +- with -+ too; only +- and -+ together, "
      "where v contradicts the codes, do not depend on which side is x+."};
  // A vector whose differences are missing has no row.
  table.cells = covered_kind(results, storage::CellKind::code_differences);
  for (const CodeSigns& signs : code_signs(results)) {
    table.rows.push_back(
        {behaviour_name(results, signs.behaviour), std::int64_t{signs.layer},
         sae_name(results, signs.sae), signs.features, signs.negative_encoder,
         signs.negative_decoder, signs.crossed[0][0], signs.crossed[0][1],
         signs.crossed[1][0], signs.crossed[1][1], signs.silent});
  }
  return table;
}

}  // namespace coxswain::analysis
