#include "storage/results/rows/vector_row.hpp"

#include <limits>

namespace coxswain::storage {

const TableSchema& VectorRow::schema() {
  using R = VectorRow;
  static const TableSchema schema{
      "tables/vectors",
      "one row a steering vector",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::layer, "layer", "1", "block whose resid_post was read"),
       column(&R::method, "method", "1", "id in names/methods"),
       column(&R::resample, "resample", "1", "-1: all pairs"),
       column(&R::n_pairs, "n_pairs", "1", "pairs in the mean"),
       column(&R::n_matching_a, "n_matching_a", "1",
              "of these, pairs whose matching answer is A, or the first",
              Since{5, -1}),
       column(&R::n_matching_b, "n_matching_b", "1",
              "pairs whose matching answer is B, or the second", Since{5, -1}),
       column(&R::n_clusters, "n_clusters", "1",
              "clusters that the pairs are of, or -1", Since{7, -1}),
       column(&R::norm, "norm", "activation", "L2 norm of the vector"),
       column(&R::positive_norm, "positive_norm", "activation",
              "L2 norm of the mean over matching answers"),
       column(&R::negative_norm, "negative_norm", "activation",
              "L2 norm of the mean over the other answers"),
       column(&R::median_activation_norm, "median_activation_norm",
              "activation",
              "median L2 norm of the training activations read (norms above "
              "5 medians left out): the unit of dose"),
       column(&R::letter_norm, "letter_norm", "activation",
              "L2 norm of the letter vector (d_A - d_B) / 2, of the means over "
              "the pairs whose matching letter is A and B; NaN without both",
              Since{5, std::numeric_limits<double>::quiet_NaN()}),
       column(&R::letter_cosine, "letter_cosine", "1",
              "of the vector to the letter vector",
              Since{5, std::numeric_limits<double>::quiet_NaN()})}};
  return schema;
}

}  // namespace coxswain::storage
