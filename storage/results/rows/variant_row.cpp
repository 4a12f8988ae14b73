#include "storage/results/rows/variant_row.hpp"

namespace coxswain::storage {

const TableSchema& VariantRow::schema() {
  using R = VariantRow;
  static const TableSchema schema{
      "tables/variants",
      "one row a vector that was added, or acted by another operation; "
      "arrays/variant_vectors beside it",
      sizeof(R),
      {column(&R::id, "id", "1", "row number"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::layer, "layer", "1", "block on whose output it acts"),
       column(&R::vector, "vector", "1", "row of tables/vectors it stands for"),
       column(&R::decomposition, "decomposition", "1",
              "row of tables/decompositions it was rebuilt from, or -1"),
       column(&R::source, "source", "1", "id in names/variants"),
       column(&R::part, "part", "1", "id in names/parts"),
       column(&R::part_k, "part_k", "1", "k or rank of the part, or -1",
              Since{2}),
       column(&R::norm_rule, "norm_rule", "1", "id in names/norm_rules"),
       column(&R::sign_rule, "sign_rule", "1", "id in names/sign_rules"),
       column(&R::dose_rule, "dose_rule", "1", "id in names/dose_rules",
              Since{5}),
       column(&R::operation, "operation", "1", "id in names/operations",
              Since{8}),
       column(&R::control, "control", "1", "id in names/controls"),
       column(&R::seed, "seed", "1",
              "seed of a random control, number of a resample, else -1"),
       column(&R::other, "other", "1",
              "row of tables/vectors that stands in (control other), or -1",
              Since{2}),
       column(&R::resample, "resample", "1",
              "number of the resampled vector that it is made of, -1: of all "
              "pairs",
              Since{7, -1}),
       column(&R::together, "together", "1",
              "vectors that act together, each on its own layer: so many rows "
              "of tables/vectors from `vector` on",
              Since{9, 1}),
       column(&R::train_clusters, "train_clusters", "1",
              "training clusters that a subset's vector is made of, else -1",
              Since{9, -1}),
       column(&R::sae, "sae", "1",
              "row of tables/saes, of a feature's variant, else -1",
              Since{10, -1}),
       column(&R::feature, "feature", "1",
              "whose decoder row it is, or that of the atom which its part is "
              "or is without, from 0, else -1",
              Since{10, -1}),
       column(&R::clamped_to, "clamped_to", "activation",
              "what a clamped feature is set to at multiplier 1, else NaN",
              Since{10, R::kNotClamped}),
       column(&R::norm, "norm", "activation", "L2 norm at multiplier 1"),
       column(&R::cosine, "cosine", "1", "to the original vector")}};
  return schema;
}

}  // namespace coxswain::storage
