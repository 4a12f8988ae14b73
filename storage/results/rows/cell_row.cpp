#include "storage/results/rows/cell_row.hpp"

namespace coxswain::storage {

const TableSchema& CellRow::schema() {
  using R = CellRow;
  static const TableSchema schema{
      "tables/cells",
      "one row a cell of the grid, in cell order",
      sizeof(R),
      {column(&R::key_high, "key_high", "1",
              "upper half of the hash of all that determines the cell"),
       column(&R::key_low, "key_low", "1", "lower half"),
       column(&R::kind, "kind", "1", "id in names/kinds"),
       column(&R::state, "state", "1", "id in names/states"),
       column(&R::reason, "reason", "1",
              "why it is quarantined, id in names/reasons")}};
  return schema;
}

}  // namespace coxswain::storage
