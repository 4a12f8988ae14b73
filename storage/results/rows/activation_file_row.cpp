#include "storage/results/rows/activation_file_row.hpp"

namespace coxswain::storage {

const TableSchema& ActivationFileRow::schema() {
  using R = ActivationFileRow;
  static const TableSchema schema{
      "tables/activation_files",
      "the files beside this one that hold activations; none if they are in it",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the file"),
       column(&R::file, "file", "1", "its path, from the run directory"),
       column(&R::digest, "digest", "1", "SHA-256 of the file"),
       column(&R::bytes, "bytes", "bytes", "its size")},
      3};
  return schema;
}

}  // namespace coxswain::storage
