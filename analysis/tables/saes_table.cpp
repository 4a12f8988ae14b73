#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table saes_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "saes";
  table.title =
      "SAEs: how each does on the activations that the vectors were made of";
  table.columns = {{"SAE"},
                   {"format"},
                   {"architecture"},
                   {"layer"},
                   {"d_sae"},
                   {"b_dec on input"},
                   {"explained variance", 3},
                   {"L0", 1},
                   {"dead share", 3},
                   {"activation norm", 1},
                   {"explained variance with other b_dec", 3},
                   {"fit"}};
  table.notes = {
      "b_dec on input: the SAE's own convention; explained variance with other "
      "b_dec: with the opposite one. A much larger number there means that",
      "the SAE was read with the wrong convention. dead share: features active "
      "on none of these activations, which are few and alike."};
  table.coverage = covered_saes(results);
  for (const storage::SaeRow& row : results.saes) {
    table.rows.push_back(
        {sae_name(results, row.id), row.format.str(), row.architecture.str(),
         std::int64_t{row.layer}, std::int64_t{row.d_sae},
         row.b_dec_input != 0 ? "subtracted" : "kept", row.explained_variance,
         row.l0, row.dead_share, row.activation_norm,
         row.explained_variance_other, row.any_fit != 0 ? "any" : "required"});
    if (row.any_fit != 0 && table.notes.size() == 2) {
      table.notes.push_back(
          "fit any: the sweep takes this SAE however badly it fits.");
    }
  }
  return table;
}

}  // namespace coxswain::analysis
