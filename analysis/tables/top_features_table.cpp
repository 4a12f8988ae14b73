#include <algorithm>
#include <map>
#include <set>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/vector_codes.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

std::int64_t shared(const Ranked& a, const Ranked& b) {
  std::set<std::int32_t> ids;
  for (const storage::FeatureRow* one : a) ids.insert(one->feature);
  return std::count_if(b.begin(), b.end(), [&](const auto* one) {
    return ids.contains(one->feature);
  });
}

}  // namespace

Table top_features_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "table1";
  table.title =
      "The paper's Table 1: the five strongest features of each steering "
      "vector and of "
      "the zero vector";
  table.columns = {{"vector"},        {"SAE"},
                   {"b_dec"},         {"scale", 1},
                   {"top 5"},         {"shared with zero"},
                   {"active"},        {"cosine", 3},
                   {"norm ratio", 2}, {"explained variance", 2}};
  table.notes = {
      "b_dec: own is what the SAE itself does with it on the input, other the "
      "opposite; it is in no reconstruction unless added.",
      "shared with zero: how many of the five are among those of the zero "
      "vector under the same convention."};
  auto features = strongest_features(results);
  const auto of = [&](const storage::DecompositionRow* row) -> const Ranked& {
    return features[static_cast<std::int32_t>(row -
                                              results.decompositions.data())];
  };
  const Picked rows = codes_of_vectors(results);
  std::map<std::pair<std::int32_t, std::uint8_t>,
           const storage::DecompositionRow*>
      zeros;
  for (const auto* row : rows) {
    if (row->vector < 0) zeros[{row->sae, row->b_dec_input}] = row;
  }
  constexpr std::size_t kTopFive = 4;  // column
  for (const auto* row : rows) {
    const auto zero = zeros.find({row->sae, row->b_dec_input});
    table.coverage.push_back(covered(results, row->cell));
    const bool there = row->n_atoms >= 0;  // else it was not computed
    const bool comparable =
        there && zero != zeros.end() && zero->second->n_atoms >= 0;
    if (there) {
      table.features.push_back(
          {table.rows.size(), kTopFive, row->sae, ids_of(of(row))});
    }
    table.rows.push_back(
        {vector_name(results, row->vector), sae_name(results, row->sae),
         convention_name(results, *row), row->scale,
         there ? spelled(of(row)) : "-",
         count_cell(comparable ? shared(of(row), of(zero->second)) : -1),
         count_cell(row->n_atoms), row->cosine, row->norm_ratio,
         row->explained_variance});
  }
  return table;
}

}  // namespace coxswain::analysis
