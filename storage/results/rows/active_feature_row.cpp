#include "storage/results/rows/active_feature_row.hpp"

namespace coxswain::storage {

const TableSchema& ActiveFeatureRow::schema() {
  using R = ActiveFeatureRow;
  static const TableSchema schema{
      "tables/active_features",
      "the strongest features of f(v), and what the pairs have of them; "
      "arrays/active_feature_cosines beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::vector, "vector", "1", "row of tables/vectors"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::rank, "rank", "1", "0 is the strongest"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::code, "code", "activation", "f(v)"),
       column(&R::code_zero, "code_zero", "activation", "f(0)"),
       column(&R::mean_code_positive, "mean_code_positive", "activation",
              "mean f(x+) over the pairs"),
       column(&R::mean_code_negative, "mean_code_negative", "activation",
              "mean f(x-) over the pairs"),
       column(&R::rate_positive, "rate_positive", "1",
              "share of the x+ that it fires on"),
       column(&R::rate_negative, "rate_negative", "1",
              "share of the x- that it fires on"),
       column(&R::encoder_projection, "encoder_projection", "activation",
              "<v, W_enc[:, feature]>"),
       column(&R::decoder_projection, "decoder_projection", "activation",
              "<v, W_dec[feature] / |W_dec[feature]|>")},
      6};
  return schema;
}

}  // namespace coxswain::storage
