#include "storage/results/rows/activation_part_row.hpp"

namespace coxswain::storage {

const TableSchema& ActivationPartRow::schema() {
  using R = ActivationPartRow;
  static const TableSchema schema{
      "tables/activation_parts",
      "which rows of which activations lie in which file",
      sizeof(R),
      {column(&R::file, "file", "1", "row of tables/activation_files"),
       column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::layer, "layer", "1", "block whose resid_post it is"),
       column(&R::first_row, "first_row", "1",
              "of the behaviour's table rows: row 0 of the data set"),
       column(&R::n_rows, "n_rows", "1", "rows of the data set")},
      3};
  return schema;
}

}  // namespace coxswain::storage
