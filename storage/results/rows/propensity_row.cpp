#include "storage/results/rows/propensity_row.hpp"

namespace coxswain::storage {

const TableSchema& PropensityRow::schema() {
  using R = PropensityRow;
  static const TableSchema schema{
      "tables/propensity",
      "one row an item under one steering",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::item, "item", "1", "row of tables/items"),
       column(&R::variant, "variant", "1", "row of tables/variants"),
       column(&R::layer, "layer", "1", "block that was steered"),
       column(&R::multiplier, "multiplier", "1",
              "times the variant's vector; of operation rotate degrees"),
       column(
           &R::dose, "dose", "1",
           "|multiplier * vector| / median_activation_norm; NaN of operations "
           "that take the vector's direction alone"),
       column(&R::positions, "positions", "1", "id in names/position_rules"),
       column(&R::logit_match, "logit_match", "logit",
              "of the matching answer's token"),
       column(&R::logit_other, "logit_other", "logit",
              "of the other answer's token"),
       column(&R::log_sum_exp, "log_sum_exp", "logit",
              "over the vocabulary: p = exp(logit - log_sum_exp); NaN if it "
              "was not asked for")}};
  return schema;
}

}  // namespace coxswain::storage
