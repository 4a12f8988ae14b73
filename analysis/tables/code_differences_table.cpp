#include <map>
#include <tuple>

#include "analysis/coverage.hpp"
#include "analysis/labels.hpp"
#include "analysis/report.hpp"

namespace coxswain::analysis {
namespace {

// Of the features whose mean codes differ most, for one vector and SAE.
struct Signs {
  std::int64_t features = 0;
  std::int64_t negative_encoder = 0, negative_decoder = 0;
  // [difference is negative][encoder projection is negative]
  std::int64_t crossed[2][2] = {{0, 0}, {0, 0}};
  std::int64_t silent = 0;  // negative encoder projection and f(v) = 0

  void add(const storage::CodeDifferenceRow& row) {
    const bool less = row.mean_code_positive < row.mean_code_negative;
    const bool against = row.encoder_projection < 0;
    ++features;
    negative_encoder += against ? 1 : 0;
    negative_decoder += row.decoder_projection < 0 ? 1 : 0;
    ++crossed[less ? 1 : 0][against ? 1 : 0];
    silent += against && row.code == 0 ? 1 : 0;
  }
};

}  // namespace

Table code_differences_table(const storage::Results& results) {
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
  table.cells = covered_kind(results, "code-differences");
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, Signs> all;
  for (const storage::CodeDifferenceRow& row : results.code_differences) {
    const auto& vector =
        results.vectors.at(static_cast<std::size_t>(row.vector));
    if (vector.resample >= 0) continue;
    all[{vector.behaviour, vector.layer, row.sae}].add(row);
  }
  for (const auto& [key, signs] : all) {
    const auto& [behaviour, layer, sae] = key;
    table.rows.push_back(
        {behaviour_name(results, behaviour), std::int64_t{layer},
         sae_name(results, sae), signs.features, signs.negative_encoder,
         signs.negative_decoder, signs.crossed[0][0], signs.crossed[0][1],
         signs.crossed[1][0], signs.crossed[1][1], signs.silent});
  }
  return table;
}

}  // namespace coxswain::analysis
