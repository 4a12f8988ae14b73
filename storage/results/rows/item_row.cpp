#include "storage/results/rows/item_row.hpp"

namespace coxswain::storage {

const TableSchema& ItemRow::schema() {
  using R = ItemRow;
  static const TableSchema schema{
      "tables/items",
      "one row a contrast pair",
      sizeof(R),
      {column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::item, "item", "1", "number among the behaviour's usable"),
       column(&R::line, "line", "1", "line of the data file, from 0"),
       column(&R::split, "split", "1", "id in names/splits"),
       column(&R::option_order, "option_order", "1",
              "0: options as in the data, 1: exchanged"),
       column(&R::matching_letter, "matching_letter", "1",
              "letter of the matching answer, empty for words"),
       column(&R::cluster, "cluster", "1",
              "items that are not independent share this number"),
       column(&R::tokens, "tokens", "tokens", "shared tokens of both answers"),
       column(&R::read_position, "read_position", "tokens",
              "index of the token at which the answers differ"),
       column(&R::steer_from, "steer_from", "tokens",
              "index of the first steered token"),
       column(&R::token_match, "token_match", "1",
              "token scored for the matching answer"),
       column(&R::token_other, "token_other", "1",
              "token scored for the other answer"),
       column(&R::matching_answer, "matching_answer", "1",
              "1: the first of the behaviour's two answers matches, -1: the "
              "second, 0: its items draw on more than two",
              Since{7})}};
  return schema;
}

}  // namespace coxswain::storage
