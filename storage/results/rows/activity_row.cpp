#include "storage/results/rows/activity_row.hpp"

namespace coxswain::storage {

const TableSchema& ActivityRow::schema() {
  using R = ActivityRow;
  static const TableSchema schema{
      "tables/feature_activity",
      "activations that an SAE's features were looked at on; "
      "arrays/feature_activity beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::behaviour, "behaviour", "1",
              "row of tables/behaviours, or -1 for reference text"),
       column(&R::source, "source", "1", "id in names/norm_sources"),
       column(&R::excluded, "excluded", "1", "id in names/norm_exclusions"),
       column(&R::tokens, "tokens", "tokens", "activations, or -1")},
      4};
  return schema;
}

}  // namespace coxswain::storage
