#include <algorithm>

#include "analysis/measures/activation_norms.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

const ActivationNorms* of_layer(const std::vector<ActivationNorms>& all,
                                const storage::VectorRow& vector) {
  const auto found = std::ranges::find_if(all, [&](const ActivationNorms& one) {
    return one.row.model == vector.model && one.row.layer == vector.layer;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

Table activation_norms_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "figure1";
  table.title =
      "The paper's Figure 1: each steering vector's norm against those of the "
      "reference "
      "text's activations";
  table.columns = {{"behaviour"},   {"layer"},   {"|v|", 3},
                   {"mean |h|", 1}, {"sd", 1},   {"1 %", 1},
                   {"median", 1},   {"99 %", 1}, {"|v| / mean", 4},
                   {"shorter", 4},  {"tokens"},  {"sinks"},
                   {"largest", 1}};
  table.notes = {
      "h: resid_post at every token of the text, without norms above five "
      "medians (attention sinks), which are counted; shorter: share of the",
      "tokens whose norm is below |v|; largest: the largest norm, sinks among "
      "them."};
  constexpr auto kText = storage::NormSource::reference;
  const auto rest =
      activation_norms(results, kText, storage::NormExclusion::sinks);
  const auto all =
      activation_norms(results, kText, storage::NormExclusion::none);
  for (const storage::VectorRow& row : results.vectors) {
    const ActivationNorms* norms = of_layer(rest, row);
    const ActivationNorms* whole = of_layer(all, row);
    // Only layers whose reference text was observed.
    if (norms == nullptr || whole == nullptr) continue;
    const bool there = norms->row.count >= 0;
    Coverage coverage = covered(results, row.cell);
    coverage += covered(results, norms->row.cell);
    table.coverage.push_back(coverage);
    table.rows.push_back(
        {behaviour_name(results, row.behaviour), std::int64_t{row.layer},
         row.norm, norms->row.mean, norms->row.sd, norms->quantile(0.01),
         norms->quantile(0.5), norms->quantile(0.99),
         row.norm / norms->row.mean, norms->share_below(row.norm),
         count_cell(whole->row.count),
         count_cell(there ? whole->row.count - norms->row.count : -1),
         whole->row.max});
  }
  return table;
}

}  // namespace coxswain::analysis
