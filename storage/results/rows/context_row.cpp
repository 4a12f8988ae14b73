#include "storage/results/rows/context_row.hpp"

namespace coxswain::storage {

const TableSchema& ContextRow::schema() {
  using R = ContextRow;
  static const TableSchema schema{
      "tables/contexts",
      "where features that other tables name fire most in the reference text",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::rank, "rank", "1", "0 is where it fires most"),
       column(&R::value, "value", "activation", "f(h)"),
       column(&R::text, "text", "1", "number of the context, from 0"),
       column(&R::position, "position", "tokens", "of the token in it"),
       column(&R::before, "before", "1", "what comes before the token"),
       column(&R::token, "token", "1", "the token"),
       column(&R::after, "after", "1", "what comes after it")},
      6};
  return schema;
}

}  // namespace coxswain::storage
