#include "analysis/measures/feature_contexts.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table contexts_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "contexts";
  table.title = "Contexts: where features fire most in the reference text";
  table.columns = {{"SAE"},  {"feature"},  {"rank"},   {"f(h)", 3},
                   {"text"}, {"position"}, {"context"}};
  table.notes = {
      "Of the features that other tables name, in the order in which Table 1 "
      "does, the others behind them; first tokens are left out. The token is "
      "between \u00ab and \u00bb; \u21b5: a line ends."};
  const ContextsOfFeatures contexts = contexts_of_features(results);
  for (const FeatureOfSae& feature : by_importance(results, contexts)) {
    for (const storage::ContextRow* row : contexts.at(feature)) {
      const ContextText text = context_text(*row);
      table.rows.push_back(
          {sae_name(results, row->sae), std::int64_t{row->feature},
           std::int64_t{row->rank}, row->value, std::int64_t{row->text},
           std::int64_t{row->position},
           text.before + "\u00ab" + text.token + "\u00bb" + text.after});
    }
  }
  return table;
}

}  // namespace coxswain::analysis
