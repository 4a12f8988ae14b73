#include "storage/results/results_schema.hpp"

#include <limits>

namespace coxswain::storage {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

template <>
const TableSchema& schema_of<NameRow>() {
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

template <>
const TableSchema& schema_of<ModelRow>() {
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

template <>
const TableSchema& schema_of<SaeRow>() {
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

template <>
const TableSchema& schema_of<DeviceRow>() {
  using R = DeviceRow;
  static const TableSchema schema{
      "tables/devices",
      "one row a kind of device that computed",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the device kind"),
       column(&R::kind, "kind", "1", "cpu or cuda"),
       column(&R::numerics, "numerics", "1",
              "libraries, kernel set and threads that decide rounding")}};
  return schema;
}

template <>
const TableSchema& schema_of<BehaviourRow>() {
  using R = BehaviourRow;
  static const TableSchema schema{
      "tables/behaviours",
      "one row a behaviour",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the behaviour in this file"),
       column(&R::name, "name", "1", "its name in the sweep file"),
       column(&R::digest, "digest", "1", "SHA-256 of the data file"),
       column(&R::prompt_template, "prompt_template", "1", "prompt template"),
       column(&R::lines, "lines", "1", "pairs in the data file"),
       column(&R::left_out, "left_out", "1", "pairs that could not be used"),
       column(&R::train, "train", "1", "pairs the vector is made of"),
       column(&R::test, "test", "1", "items steered"),
       column(&R::letters, "letters", "1",
              "1: the answers are the letters (A) and (B)"),
       column(&R::answer_first, "answer_first", "1",
              "of the two answers that all items draw on, the one whose "
              "matching_answer is 1; empty if there are more",
              Since{7}),
       column(&R::answer_second, "answer_second", "1",
              "the one whose matching_answer is -1", Since{7}),
       column(&R::split_by_cluster, "split_by_cluster", "1",
              "1: no cluster is in training and in test", Since{7}),
       column(&R::train_clusters, "train_clusters", "1",
              "clusters that training pairs are of, or -1", Since{7, -1}),
       column(&R::test_clusters, "test_clusters", "1",
              "clusters that test items are of, or -1", Since{7, -1})}};
  return schema;
}

template <>
const TableSchema& schema_of<ItemRow>() {
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

template <>
const TableSchema& schema_of<CellRow>() {
  using R = CellRow;
  static const TableSchema schema{
      "tables/cells",
      "one row a cell of the grid, in cell order",
      sizeof(R),
      {column(&R::key_high, "key_high", "1",
              "upper half of the hash of all that determines the cell"),
       column(&R::key_low, "key_low", "1", "lower half"),
       column(&R::kind, "kind", "1", "id in names/kinds"),
       column(&R::state, "state", "1", "id in names/states"),
       column(&R::reason, "reason", "1",
              "why it is quarantined, id in names/reasons")}};
  return schema;
}

template <>
const TableSchema& schema_of<VectorRow>() {
  using R = VectorRow;
  static const TableSchema schema{
      "tables/vectors",
      "one row a steering vector",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::layer, "layer", "1", "block whose resid_post was read"),
       column(&R::method, "method", "1", "id in names/methods"),
       column(&R::resample, "resample", "1", "-1: all pairs"),
       column(&R::n_pairs, "n_pairs", "1", "pairs in the mean"),
       column(&R::n_matching_a, "n_matching_a", "1",
              "of these, pairs whose matching answer is A, or the first",
              Since{5, -1}),
       column(&R::n_matching_b, "n_matching_b", "1",
              "pairs whose matching answer is B, or the second", Since{5, -1}),
       column(&R::n_clusters, "n_clusters", "1",
              "clusters that the pairs are of, or -1", Since{7, -1}),
       column(&R::norm, "norm", "activation", "L2 norm of the vector"),
       column(&R::positive_norm, "positive_norm", "activation",
              "L2 norm of the mean over matching answers"),
       column(&R::negative_norm, "negative_norm", "activation",
              "L2 norm of the mean over the other answers"),
       column(&R::median_activation_norm, "median_activation_norm",
              "activation",
              "median L2 norm of the training activations read (norms above "
              "5 medians left out): the unit of dose"),
       column(&R::letter_norm, "letter_norm", "activation",
              "L2 norm of the letter vector (d_A - d_B) / 2, of the means over "
              "the pairs whose matching letter is A and B; NaN without both",
              Since{5, kNaN}),
       column(&R::letter_cosine, "letter_cosine", "1",
              "of the vector to the letter vector", Since{5, kNaN})}};
  return schema;
}

template <>
const TableSchema& schema_of<VariantRow>() {
  using R = VariantRow;
  static const TableSchema schema{
      "tables/variants",
      "one row a vector that was added; arrays/variant_vectors beside it",
      sizeof(R),
      {column(&R::id, "id", "1", "row number"),
       column(&R::model, "model", "1", "row of tables/models"),
       column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::layer, "layer", "1", "block to whose output it is added"),
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
       column(&R::norm, "norm", "activation", "L2 norm as added"),
       column(&R::cosine, "cosine", "1", "to the original vector")}};
  return schema;
}

template <>
const TableSchema& schema_of<PropensityRow>() {
  using R = PropensityRow;
  static const TableSchema schema{
      "tables/propensity",
      "one row an item under one steering",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::item, "item", "1", "row of tables/items"),
       column(&R::variant, "variant", "1", "row of tables/variants"),
       column(&R::layer, "layer", "1", "block that was steered"),
       column(&R::multiplier, "multiplier", "1", "times the variant's vector"),
       column(&R::dose, "dose", "1",
              "|multiplier * vector| / median_activation_norm"),
       column(&R::positions, "positions", "1", "id in names/position_rules"),
       column(&R::logit_match, "logit_match", "logit",
              "of the matching answer's token"),
       column(&R::logit_other, "logit_other", "logit",
              "of the other answer's token"),
       column(&R::log_sum_exp, "log_sum_exp", "logit",
              "over the vocabulary: p = exp(logit - log_sum_exp); NaN if it "
              "was not asked for")}};
  return schema;
}

template <>
const TableSchema& schema_of<ActivationRow>() {
  using R = ActivationRow;
  static const TableSchema schema{
      "activations",
      "what each row of the activations beside it belongs to",
      sizeof(R),
      {column(&R::cell, "cell", "1", "row of tables/cells"),
       column(&R::item, "item", "1", "row of tables/items"),
       column(&R::side, "side", "1",
              "0: matching answer (x+), 1: other answer (x-), 2: a token that "
              "both begin with"),
       column(&R::position, "position", "tokens", "index of the token read")}};
  return schema;
}

template <>
const TableSchema& schema_of<ActivationFileRow>() {
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

template <>
const TableSchema& schema_of<ActivationPartRow>() {
  using R = ActivationPartRow;
  static const TableSchema schema{
      "tables/activation_parts",
      "which rows of which activations lie in which file",
      sizeof(R),
      {column(&R::file, "file", "1", "row of tables/activation_files"),
       column(&R::behaviour, "behaviour", "1", "row of tables/behaviours"),
       column(&R::layer, "layer", "1", "block whose resid_post it is"),
       column(&R::first_row, "first_row", "1",
              "of the behaviour's table rows: row 0 of the data set"),
       column(&R::n_rows, "n_rows", "1", "rows of the data set")},
      3};
  return schema;
}

}  // namespace coxswain::storage
