#include "storage/results/results.hpp"

#include "storage/results/rows/activation_row.hpp"
#include "storage/results/rows/models_of.hpp"

namespace coxswain::storage {
namespace {

std::vector<std::int32_t> of_vectors(const Results& results) {
  return models_of(results.vectors);
}
std::vector<std::int32_t> of_decompositions(const Results& results) {
  return models_of(results.decompositions);
}
std::vector<std::int32_t> of_variants(const Results& results) {
  return models_of(results.variants);
}

constexpr ResultArray kArrays[] = {
    {"vectors", DType::f32, ArrayAxis::rows, "steering vectors", "activation",
     "tables/vectors, d_model", 1, of_vectors},
    {"positive_mean", DType::f32, ArrayAxis::rows,
     "mean activation of the matching answers", "activation",
     "tables/vectors, d_model", 1, of_vectors},
    {"negative_mean", DType::f32, ArrayAxis::rows,
     "mean activation of the other answers", "activation",
     "tables/vectors, d_model", 1, of_vectors},
    {"reconstructions", DType::f32, ArrayAxis::rows,
     "what each decomposition adds up to", "activation",
     "tables/decompositions, d_model", 1, of_decompositions},
    {"code_difference_cosines", DType::f32, ArrayAxis::rows,
     "cosine of the feature's decoder row to that of each rank of the same "
     "vector and SAE",
     "1", "tables/code_differences, rank", 2},
    {"active_feature_cosines", DType::f32, ArrayAxis::rows,
     "cosine of the feature's decoder row to that of each rank of "
     "tables/code_differences of the same vector and SAE",
     "1", "tables/active_features, rank", 6},
    {"sign_null_counts", DType::i32, ArrayAxis::rows,
     "exchanges in which n of the features that differ most have the signs ++, "
     "+-, -+ and -- (of the difference of mean codes, then of the encoder "
     "projection)",
     "1", "tables/sign_nulls, signs, n from 0", 7},
    {"variant_vectors", DType::f32, ArrayAxis::rows,
     "the vectors that were added, at multiplier 1", "activation",
     "tables/variants, d_model", 1, of_variants},
    {"codes/offsets", DType::i64, ArrayAxis::offsets,
     "coefficients of decomposition i are entries offsets[i] to "
     "offsets[i + 1] of features and values",
     "1", "tables/decompositions + 1"},
    {"codes/features", DType::i32, ArrayAxis::entries, "index of the feature",
     "1", "coefficient"},
    {"codes/values", DType::f32, ArrayAxis::entries, "its coefficient, never 0",
     "activation", "coefficient"},
    {"norm_quantiles", DType::f64, ArrayAxis::rows,
     "at 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 and 0.999, within 0.3 "
     "%",
     "activation", "tables/norms, quantile", 4},
    {"norm_histograms/offsets", DType::i64, ArrayAxis::offsets,
     "bins of row i are entries offsets[i] to offsets[i + 1] of lower, upper "
     "and counts; those that are empty are left out",
     "1", "tables/norms + 1", 4},
    {"norm_histograms/lower", DType::f64, ArrayAxis::entries,
     "where the bin begins", "activation", "bin", 4},
    {"norm_histograms/upper", DType::f64, ArrayAxis::entries, "where it ends",
     "activation", "bin", 4},
    {"norm_histograms/counts", DType::i64, ArrayAxis::entries,
     "activations in it", "1", "bin", 4},
    {"feature_activity/offsets", DType::i64, ArrayAxis::offsets,
     "feature j of row i is entry offsets[i] + j of the others", "1",
     "tables/feature_activity + 1", 4},
    {"feature_activity/rate", DType::f32, ArrayAxis::entries,
     "share of the activations that it fires on", "1", "feature", 4},
    {"feature_activity/mean", DType::f32, ArrayAxis::entries,
     "mean f(h), zeros among them", "activation", "feature", 4},
    {"feature_activity/max", DType::f32, ArrayAxis::entries, "largest f(h)",
     "activation", "feature", 4},
    {"feature_activity/projection_mean", DType::f32, ArrayAxis::entries,
     "mean <h, W_enc[:, j]>", "activation", "feature", 4},
    {"feature_activity/projection_sd", DType::f32, ArrayAxis::entries,
     "of the population", "activation", "feature", 4},
};

}  // namespace

std::vector<const TableSchema*> all_schemas() {
  std::vector<const TableSchema*> all{&NameRow::schema()};
  const Results none;
  for_each_table(none, [&]<class Row>(const std::vector<Row>&) {
    all.push_back(&Row::schema());
  });
  all.push_back(&ActivationRow::schema());
  return all;
}

std::span<const ResultArray> result_arrays() { return kArrays; }

Array without_rows(const ResultArray& array) {
  switch (array.axis) {
    case ArrayAxis::rows:
      return {array.dtype, {0, 0}, ""};
    case ArrayAxis::offsets:
      return {array.dtype, {1}, std::string(size_of(array.dtype), '\0')};
    case ArrayAxis::entries:
      break;
  }
  return {array.dtype, {0}, ""};
}

}  // namespace coxswain::storage
