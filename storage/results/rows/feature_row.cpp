#include "storage/results/rows/feature_row.hpp"

namespace coxswain::storage {

const TableSchema& FeatureRow::schema() {
  using R = FeatureRow;
  static const TableSchema schema{
      "tables/features",
      "the strongest features of each decomposition",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::decomposition, "decomposition", "1",
              "row of tables/decompositions"),
       column(&R::rank, "rank", "1", "0 is the strongest"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::value, "value", "activation", "its coefficient"),
       column(&R::encoder_projection, "encoder_projection", "activation",
              "<v, W_enc[:, feature]>"),
       column(&R::decoder_projection, "decoder_projection", "activation",
              "<v, W_dec[feature] / |W_dec[feature]|>")}};
  return schema;
}

}  // namespace coxswain::storage
