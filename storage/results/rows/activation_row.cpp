#include "storage/results/rows/activation_row.hpp"

namespace coxswain::storage {

const TableSchema& ActivationRow::schema() {
  using R = ActivationRow;
  static const TableSchema schema{
      "activations",
      "what each row of the activations beside it belongs to",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::item, "item", "1", "row of tables/items"),
       column(&R::side, "side", "1",
              "0: matching answer (x+), 1: other answer (x-), 2: a token that "
              "both begin with"),
       column(&R::position, "position", "tokens", "index of the token read")}};
  return schema;
}

}  // namespace coxswain::storage
