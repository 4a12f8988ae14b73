#include "storage/results/rows/norm_row.hpp"

namespace coxswain::storage {

const TableSchema& NormRow::schema() {
  using R = NormRow;
  static const TableSchema schema{
      "tables/norms",
      "L2 norms of activations; arrays/norm_quantiles and norm_histograms "
      "beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::behaviour, "behaviour", "1",
              "row of tables/behaviours, or -1 for reference text"),
       column(&R::layer, "layer", "1", "block whose resid_post it is"),
       column(&R::source, "source", "1", "id in names/norm_sources"),
       column(&R::excluded, "excluded", "1", "id in names/norm_exclusions"),
       column(&R::count, "count", "1", "activations, or -1"),
       column(&R::mean, "mean", "activation", "of their norms"),
       column(&R::sd, "sd", "activation", "of the population"),
       column(&R::min, "min", "activation", "the smallest norm"),
       column(&R::max, "max", "activation", "the largest norm")},
      4};
  return schema;
}

}  // namespace coxswain::storage
