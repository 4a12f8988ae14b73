#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/results/table_schema.hpp"

namespace coxswain::storage {

// The tables of results.h5: one struct a row, one schema a struct. Names and
// units are the contract that users' scripts are written against: change them
// only with kResultsFormatVersion. storage/README.md is the page for readers.
constexpr int kResultsFormatVersion = 7;
// Files of these and of all versions between them are read.
constexpr int kOldestResultsFormat = 4;

// Row indices into another table are called after it; -1 means none.

// What a small integer of other tables means: a row of names/*.
struct NameRow {
  std::int32_t id = 0;
  Text<32> name;
  Text<160> description;
};

// A model of the sweep.
struct ModelRow {
  std::int32_t id = 0;
  Text<64> name;
  Text<64> digest;
  Text<64> tokenizer_digest;
  Text<16> format, family, dtype;
  std::int32_t n_layers = 0, d_model = 0, n_heads = 0, d_head = 0, d_vocab = 0;
};

// An SAE of the sweep, for one model: what it is, and how well it fits that
// model's activations.
struct SaeRow {
  std::int32_t id = 0;
  Text<64> name;
  Text<64> digest;
  Text<16> format, architecture;
  std::int32_t model = 0, layer = 0, d_in = 0, d_sae = 0;
  std::uint8_t b_dec_input = 0;
  Text<32> normalisation, decoder_norms;
  std::int32_t k = 0;
  double input_scale = 0;
  std::uint8_t any_fit = 0;
  double explained_variance = 0, l0 = 0, dead_share = 0, activation_norm = 0,
         explained_variance_other = 0;
};

// A kind of device that computed.
struct DeviceRow {
  std::int32_t id = 0;
  Text<16> kind;
  Text<256> numerics;
};

// A data set of the sweep, prompted for one model.
struct BehaviourRow {
  std::int32_t id = 0;
  Text<64> name;
  Text<64> digest;
  Text<16> prompt_template;
  std::int32_t lines = 0, left_out = 0, train = 0, test = 0;
  std::uint8_t letters = 0;
  Text<32> answer_first, answer_second;
  std::uint8_t split_by_cluster = 0;
  std::int32_t train_clusters = -1, test_clusters = -1;
};

// A contrast pair of a data set: a training pair, or an item that is steered.
struct ItemRow {
  std::int32_t behaviour = 0, item = 0, line = 0;
  std::uint8_t split = 0, option_order = 0;
  Text<4> matching_letter;
  std::int32_t cluster = 0, tokens = 0, read_position = 0, steer_from = 0;
  std::int32_t token_match = 0, token_other = 0;
  std::int32_t matching_answer = 0;
};

// A cell of the sweep's grid: one result, and whether it was computed.
struct CellRow {
  std::uint64_t key_high = 0, key_low = 0;
  std::uint8_t kind = 0, state = 0, reason = 0;
};

// A steering vector: one behaviour at one layer, of all pairs or of a resample.
struct VectorRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, behaviour = 0, layer = 0, method = 0, resample = -1,
               n_pairs = 0;
  std::int32_t n_matching_a = 0, n_matching_b = 0, n_clusters = -1;
  double norm = 0, positive_norm = 0, negative_norm = 0,
         median_activation_norm = 0, letter_norm = 0, letter_cosine = 0;
};

// A vector, or what stands in for it, taken apart by one SAE in one way.
struct DecompositionRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, layer = 0, vector = -1, sae = 0, method = 0,
               control = 0, seed = -1, resample = -1;
  std::int32_t other = -1;
  double parameter = 0, scale = 1;
  std::uint8_t b_dec_input = 0, b_dec_output = 0;
  std::int32_t n_atoms = 0;
  double norm = 0, norm_ratio = 0, cosine = 0, explained_variance = 0,
         residual_cosine = 0;
  std::int32_t negative_encoder = 0, negative_decoder = 0;
  std::int32_t planted = -1, recovered = -1, recovered_signs = -1;
};

// One of the strongest features of a decomposition.
struct FeatureRow {
  std::int64_t cell = 0;
  std::int32_t decomposition = 0, rank = 0, feature = 0;
  double value = 0, encoder_projection = 0, decoder_projection = 0;
};

// A feature that fires differently on the two sides of a vector's pairs.
struct CodeDifferenceRow {
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0, rank = 0, feature = 0;
  double mean_code_positive = 0, mean_code_negative = 0, encoder_projection = 0,
         decoder_projection = 0, code = 0;
};

// One of the strongest features of a vector's own code.
struct ActiveFeatureRow {
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0, rank = 0, feature = 0;
  double code = 0, code_zero = 0, mean_code_positive = 0,
         mean_code_negative = 0, rate_positive = 0, rate_negative = 0,
         encoder_projection = 0, decoder_projection = 0;
};

// The signs of a vector's code differences with x+ and x- exchanged at random.
struct SignNullRow {
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0, shuffles = 0, clusters = 0;
};

// A vector that is added, at multiplier 1.
struct VariantRow {
  std::int32_t id = 0, model = 0, behaviour = 0, layer = 0, vector = -1,
               decomposition = -1, source = 0, part = 0, part_k = -1,
               norm_rule = 0, sign_rule = 0, dose_rule = 0, control = 0,
               seed = -1, other = -1, resample = -1;
  double norm = 0, cosine = 0;
};

// An item under one variant and multiplier.
struct PropensityRow {
  std::int64_t cell = 0;
  std::int32_t item = 0, variant = 0, layer = 0;
  double multiplier = 0, dose = 0;
  std::int32_t positions = 0;
  float logit_match = 0, logit_other = 0, log_sum_exp = 0;
};

// The norms of a layer's activations, from one source and without one
// exclusion.
struct NormRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, behaviour = -1, layer = 0, source = 0, excluded = 0;
  std::int64_t count = 0;
  double mean = 0, sd = 0, min = 0, max = 0;
};

// Activations that an SAE's features were looked at on.
struct ActivityRow {
  std::int64_t cell = 0;
  std::int32_t model = 0, sae = 0, behaviour = -1, source = 0, excluded = 0;
  std::int64_t tokens = 0;
};

// A token of the reference text that a feature fires on, and the texts around
// it, cut to whole characters.
struct ContextRow {
  std::int64_t cell = 0;
  std::int32_t sae = 0, feature = 0, rank = 0;
  double value = 0;
  std::int32_t text = 0, position = 0;
  Text<192> before;
  Text<48> token;
  Text<96> after;
};

// Side of a token that both strings of an item begin with.
constexpr std::uint8_t kBothSides = 2;

// A token whose activations are stored: a row of each layer's.
struct ActivationRow {
  std::int64_t cell = 0;
  std::int32_t item = 0;
  std::uint8_t side = 0;
  std::int32_t position = 0;
};

// A file beside results.h5 that holds activations.
struct ActivationFileRow {
  std::int32_t id = 0;
  Text<32> file;
  Text<64> digest;
  std::int64_t bytes = 0;
};

// Rows of a behaviour's activations at one layer, and the file they lie in.
struct ActivationPartRow {
  std::int32_t file = 0, behaviour = 0, layer = 0;
  std::int64_t first_row = 0, n_rows = 0;
};

template <class Row>
const TableSchema& schema_of();

template <>
const TableSchema& schema_of<NameRow>();
template <>
const TableSchema& schema_of<ModelRow>();
template <>
const TableSchema& schema_of<SaeRow>();
template <>
const TableSchema& schema_of<DeviceRow>();
template <>
const TableSchema& schema_of<BehaviourRow>();
template <>
const TableSchema& schema_of<ItemRow>();
template <>
const TableSchema& schema_of<CellRow>();
template <>
const TableSchema& schema_of<VectorRow>();
template <>
const TableSchema& schema_of<DecompositionRow>();
template <>
const TableSchema& schema_of<FeatureRow>();
template <>
const TableSchema& schema_of<CodeDifferenceRow>();
template <>
const TableSchema& schema_of<ActiveFeatureRow>();
template <>
const TableSchema& schema_of<SignNullRow>();
template <>
const TableSchema& schema_of<VariantRow>();
template <>
const TableSchema& schema_of<PropensityRow>();
template <>
const TableSchema& schema_of<NormRow>();
template <>
const TableSchema& schema_of<ActivityRow>();
template <>
const TableSchema& schema_of<ContextRow>();
template <>
const TableSchema& schema_of<ActivationRow>();
template <>
const TableSchema& schema_of<ActivationFileRow>();
template <>
const TableSchema& schema_of<ActivationPartRow>();

}  // namespace coxswain::storage
