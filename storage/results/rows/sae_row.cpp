#include "storage/results/rows/sae_row.hpp"

namespace coxswain::storage {

const TableSchema& SaeRow::schema() {
  using R = SaeRow;
  static const TableSchema schema{
      "tables/saes",
      "one row a sparse autoencoder",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the SAE in this file"),
       column(&R::name, "name", "1", "its id in the sweep file"),
       column(&R::digest, "digest", "1", "SHA-256 of its files' digests"),
       column(&R::format, "format", "1", "file format"),
       column(&R::architecture, "architecture", "1", "kind of activation"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::layer, "layer", "1", "block whose resid_post it reads"),
       column(&R::d_in, "d_in", "1", "width of its input"),
       column(&R::d_sae, "d_sae", "1", "features"),
       column(&R::b_dec_input, "b_dec_input", "1",
              "1: b_dec is subtracted from the input (its own convention)"),
       column(&R::normalisation, "normalisation", "1",
              "of its input, undone after decoding", Since{2}),
       column(&R::decoder_norms, "decoder_norms", "1",
              "whether decoder rows were made unit length when it was read",
              Since{2}),
       column(&R::k, "k", "1", "features that are kept, or 0", Since{2}),
       column(&R::input_scale, "input_scale", "1",
              "x is multiplied by it before it is encoded", Since{2}),
       column(&R::any_fit, "any_fit", "1",
              "1: taken however badly it fits the activations", Since{2}),
       column(&R::explained_variance, "explained_variance", "1",
              "1 - sum |x - x_hat|^2 / sum |x - mean|^2 over activations that "
              "vectors were made of",
              Since{2}),
       column(&R::l0, "l0", "1", "mean number of active features on them",
              Since{2}),
       column(&R::dead_share, "dead_share", "1",
              "features that are active on none of them", Since{2}),
       column(&R::activation_norm, "activation_norm", "activation",
              "their mean L2 norm", Since{2}),
       column(&R::explained_variance_other, "explained_variance_other", "1",
              "with the other convention for b_dec on the input", Since{2})}};
  return schema;
}

}  // namespace coxswain::storage
