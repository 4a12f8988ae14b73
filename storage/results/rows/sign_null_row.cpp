#include "storage/results/rows/sign_null_row.hpp"

namespace coxswain::storage {

const TableSchema& SignNullRow::schema() {
  using R = SignNullRow;
  static const TableSchema schema{
      "tables/sign_nulls",
      "the signs of a vector's code differences with x+ and x- exchanged at "
      "random; arrays/sign_null_counts beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::vector, "vector", "1", "row of tables/vectors"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::shuffles, "shuffles", "1",
              "exchanges, each of half of the clusters of each stratum: all "
              "that are different, if there are no more than were asked for"),
       column(&R::clusters, "clusters", "1",
              "clusters that the vector's pairs are of")},
      7};
  return schema;
}

}  // namespace coxswain::storage
