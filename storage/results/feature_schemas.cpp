// Schemas of what decompositions and observations say; the others are in
// results_schema.cpp.

#include "storage/results/results_schema.hpp"

namespace coxswain::storage {

template <>
const TableSchema& schema_of<DecompositionRow>() {
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

template <>
const TableSchema& schema_of<FeatureRow>() {
  using R = FeatureRow;
  static const TableSchema schema{
      "tables/features",
      "the strongest features of each decomposition",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::decomposition, "decomposition", "1",
              "row of tables/decompositions"),
       column(&R::rank, "rank", "1", "0 is the strongest"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::value, "value", "activation", "its coefficient"),
       column(&R::encoder_projection, "encoder_projection", "activation",
              "<v, W_enc[:, feature]>"),
       column(&R::decoder_projection, "decoder_projection", "activation",
              "<v, W_dec[feature] / |W_dec[feature]|>")}};
  return schema;
}

template <>
const TableSchema& schema_of<CodeDifferenceRow>() {
  using R = CodeDifferenceRow;
  static const TableSchema schema{
      "tables/code_differences",
      "the features whose mean codes differ most between x+ and x-; "
      "arrays/code_difference_cosines beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::vector, "vector", "1", "row of tables/vectors"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::rank, "rank", "1", "0 has the largest difference"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::mean_code_positive, "mean_code_positive", "activation",
              "mean f(x+) over the pairs"),
       column(&R::mean_code_negative, "mean_code_negative", "activation",
              "mean f(x-) over the pairs"),
       column(&R::encoder_projection, "encoder_projection", "activation",
              "<v, W_enc[:, feature]>"),
       column(&R::decoder_projection, "decoder_projection", "activation",
              "<v, W_dec[feature] / |W_dec[feature]|>"),
       column(&R::code, "code", "activation", "f(v)")},
      2};
  return schema;
}

template <>
const TableSchema& schema_of<ActiveFeatureRow>() {
  using R = ActiveFeatureRow;
  static const TableSchema schema{
      "tables/active_features",
      "the strongest features of f(v), and what the pairs have of them; "
      "arrays/active_feature_cosines beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::vector, "vector", "1", "row of tables/vectors"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::rank, "rank", "1", "0 is the strongest"),
       column(&R::feature, "feature", "1", "index in the SAE"),
       column(&R::code, "code", "activation", "f(v)"),
       column(&R::code_zero, "code_zero", "activation", "f(0)"),
       column(&R::mean_code_positive, "mean_code_positive", "activation",
              "mean f(x+) over the pairs"),
       column(&R::mean_code_negative, "mean_code_negative", "activation",
              "mean f(x-) over the pairs"),
       column(&R::rate_positive, "rate_positive", "1",
              "share of the x+ that it fires on"),
       column(&R::rate_negative, "rate_negative", "1",
              "share of the x- that it fires on"),
       column(&R::encoder_projection, "encoder_projection", "activation",
              "<v, W_enc[:, feature]>"),
       column(&R::decoder_projection, "decoder_projection", "activation",
              "<v, W_dec[feature] / |W_dec[feature]|>")},
      6};
  return schema;
}

template <>
const TableSchema& schema_of<SignNullRow>() {
  using R = SignNullRow;
  static const TableSchema schema{
      "tables/sign_nulls",
      "the signs of a vector's code differences with x+ and x- exchanged at "
      "random; arrays/sign_null_counts beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::vector, "vector", "1", "row of tables/vectors"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::shuffles, "shuffles", "1",
              "exchanges, each of half of the clusters of each stratum: all "
              "that are different, if there are no more than were asked for"),
       column(&R::clusters, "clusters", "1",
              "clusters that the vector's pairs are of")},
      7};
  return schema;
}

template <>
const TableSchema& schema_of<NormRow>() {
  using R = NormRow;
  static const TableSchema schema{
      "tables/norms",
      "L2 norms of activations; arrays/norm_quantiles and norm_histograms "
      "beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::behaviour, "behaviour", "1",
              "row of tables/behaviours, or -1 for reference text"),
       column(&R::layer, "layer", "1", "block whose resid_post it is"),
       column(&R::source, "source", "1", "id in names/norm_sources"),
       column(&R::excluded, "excluded", "1", "id in names/norm_exclusions"),
       column(&R::count, "count", "1", "activations, or -1"),
       column(&R::mean, "mean", "activation", "of their norms"),
       column(&R::sd, "sd", "activation", "of the population"),
       column(&R::min, "min", "activation", "the smallest norm"),
       column(&R::max, "max", "activation", "the largest norm")},
      4};
  return schema;
}

template <>
const TableSchema& schema_of<ActivityRow>() {
  using R = ActivityRow;
  static const TableSchema schema{
      "tables/feature_activity",
      "activations that an SAE's features were looked at on; "
      "arrays/feature_activity beside it",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::sae, "sae", "1", "row of tables/saes"),
       column(&R::behaviour, "behaviour", "1",
              "row of tables/behaviours, or -1 for reference text"),
       column(&R::source, "source", "1", "id in names/norm_sources"),
       column(&R::excluded, "excluded", "1", "id in names/norm_exclusions"),
       column(&R::tokens, "tokens", "tokens", "activations, or -1")},
      4};
  return schema;
}

template <>
const TableSchema& schema_of<ContextRow>() {
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
