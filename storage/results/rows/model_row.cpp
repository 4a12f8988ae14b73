#include "storage/results/rows/model_row.hpp"

namespace coxswain::storage {

const TableSchema& ModelRow::schema() {
  using R = ModelRow;
  static const TableSchema schema{
      "tables/models",
      "one row a model",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the model in this file"),
       column(&R::name, "name", "1", "its id in the sweep file"),
       column(&R::digest, "digest", "1", "SHA-256 of the weight file"),
       column(&R::tokenizer_digest, "tokenizer_digest", "1",
              "SHA-256 of vocabulary, merges and rules"),
       column(&R::format, "format", "1", "file format of the weights"),
       column(&R::family, "family", "1", "architecture family"),
       column(&R::dtype, "dtype", "1", "how most weights are stored"),
       column(&R::n_layers, "n_layers", "1", "blocks"),
       column(&R::d_model, "d_model", "1", "width of the residual stream"),
       column(&R::n_heads, "n_heads", "1", "query heads"),
       column(&R::d_head, "d_head", "1", "width of a head"),
       column(&R::d_vocab, "d_vocab", "1", "tokens in the vocabulary")}};
  return schema;
}

}  // namespace coxswain::storage
