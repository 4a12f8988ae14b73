#include "storage/results/rows/name_row.hpp"

namespace coxswain::storage {

const TableSchema& NameRow::schema() {
  using R = NameRow;
  static const TableSchema schema{
      "names",
      "what the small integers of the tables mean",
      sizeof(R),
      {column(&R::id, "id", "1", "the integer"),
       column(&R::name, "name", "1", "its name"),
       column(&R::description, "description", "1", "what it means")}};
  return schema;
}

}  // namespace coxswain::storage
