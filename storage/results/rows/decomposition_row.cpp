#include "storage/results/rows/decomposition_row.hpp"

namespace coxswain::storage {

const TableSchema& DecompositionRow::schema() {
  using R = DecompositionRow;
  static const TableSchema schema{
      "tables/decompositions",
      "one row a vector taken apart by an SAE",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::layer, "layer", "1", "layer of the vector"),
       column(&R::vector, "vector", "1", "row of tables/vectors, -1: control"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::method, "method", "1", "id in names/methods"),
       column(&R::control, "control", "1", "id in names/controls"),
       column(&R::seed, "seed", "1", "seed of a random control, else -1"),
       column(&R::resample, "resample", "1", "-1: all pairs"),
       column(&R::other, "other", "1",
              "row of tables/vectors that stands in (control other), or -1",
              Since{2}),
       column(&R::parameter, "parameter", "1",
              "what follows the method's name, or 0", Since{2}),
       column(&R::draw, "draw", "1",
              "of a method that makes several of a vector: which, from 0, else "
              "-1",
              Since{11, -1}),
       column(&R::scale, "scale", "1", "the vector was multiplied by this"),
       column(&R::b_dec_input, "b_dec_input", "1",
              "1: b_dec was subtracted from the input"),
       column(&R::b_dec_output, "b_dec_output", "1",
              "1: b_dec was added to the reconstruction"),
       column(&R::n_atoms, "n_atoms", "1", "coefficients that are not zero"),
       column(&R::norm, "norm", "activation", "L2 norm of the reconstruction"),
       column(&R::norm_ratio, "norm_ratio", "1",
              "norm over the norm of what was decomposed"),
       column(&R::cosine, "cosine", "1",
              "of the reconstruction to what was decomposed"),
       column(&R::explained_variance, "explained_variance", "1",
              "1 - |v - v_hat|^2 / |v|^2"),
       column(&R::residual_cosine, "residual_cosine", "1", "of v - v_hat to v"),
       column(&R::negative_encoder, "negative_encoder", "1",
              "features with a negative encoder projection of v"),
       column(&R::negative_decoder, "negative_decoder", "1",
              "features with a negative projection on their decoder row"),
       column(&R::planted, "planted", "1",
              "atoms that the vector was made of, or -1", Since{2}),
       column(&R::recovered, "recovered", "1",
              "of these, among as many strongest features", Since{2}),
       column(&R::recovered_signs, "recovered_signs", "1",
              "of these, with their sign", Since{2})}};
  return schema;
}

}  // namespace coxswain::storage
