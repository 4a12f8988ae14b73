#include "storage/results/rows/code_difference_row.hpp"

namespace coxswain::storage {

const TableSchema& CodeDifferenceRow::schema() {
  using R = CodeDifferenceRow;
  static const TableSchema schema{
      "tables/code_differences",
      "the features whose mean codes differ most between x+ and x-; "
      "arrays/code_difference_cosines beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::vector, "vector", "1", "row of tables/vectors"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::rank, "rank", "1", "0 has the largest difference"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::mean_code_positive, "mean_code_positive", "activation",
              "mean f(x+) over the pairs"),
       column(&R::mean_code_negative, "mean_code_negative", "activation",
              "mean f(x-) over the pairs"),
       column(&R::encoder_projection, "encoder_projection", "activation",
              "<v, W_enc[:, feature]>"),
       column(&R::decoder_projection, "decoder_projection", "activation",
              "<v, W_dec[feature] / |W_dec[feature]|>"),
       column(&R::code, "code", "activation", "f(v)")},
      2};
  return schema;
}

}  // namespace coxswain::storage
