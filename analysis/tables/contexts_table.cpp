#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table contexts_table(const ReportSource& source) {
  constexpr std::size_t kBefore = 60, kAfter = 30;  // characters
  const storage::Results& results = source.results;
  Table table;
  table.name = "contexts";
  table.title = "Contexts: where features fire most in the reference text";
  table.columns = {{"SAE"},  {"feature"},  {"rank"},   {"f(h)", 3},
                   {"text"}, {"position"}, {"context"}};
  table.notes = {
      "Of the features that other tables name; first tokens are left out. The "
      "token is between \u00ab and \u00bb; \u21b5: a line ends."};
  for (const storage::ContextRow& row : results.contexts) {
    table.rows.push_back({sae_name(results, row.sae), std::int64_t{row.feature},
                          std::int64_t{row.rank}, row.value,
                          std::int64_t{row.text}, std::int64_t{row.position},
                          ending(one_line(row.before.str()), kBefore) +
                              "\u00ab" + one_line(row.token.str()) + "\u00bb" +
                              beginning(one_line(row.after.str()), kAfter)});
  }
  return table;
}

}  // namespace coxswain::analysis
