#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/array.hpp"
#include "storage/digest.hpp"

namespace coxswain::jobs {

// What a worker leases: plain data that says all a task needs, with token ids
// instead of texts, so that a worker reads nothing but weights. The results
// of the tasks it depends on come beside it, in the order the plan names them.

// What models compute in; bfloat16 keeps the residual stream, norms and softmax
// in float32. Numbers are part of task keys: never renumber.
enum class ComputeType : std::uint8_t { float32, float64, bfloat16 };

struct ModelSource {
  std::string path;
  std::string digest;  // SHA-256 of the file
  ComputeType compute = ComputeType::float32;
};

// Both strings of a contrast pair: they share tokens up to the read position.
struct ContrastTokens {
  std::vector<std::int32_t> shared;  // all before the read position; the last
                                     // one predicts the answer
  std::int32_t token_match = 0;      // at the read position of x+
  std::int32_t token_other = 0;      // of x-
  std::int32_t steer_from = 0;       // first steered index in `shared`
  std::int8_t letter_sign = 0;  // +1: matching letter is A, -1: B, 0: words
};

// Residual stream at the read position of both strings, summed over the pairs.
// -> positive_sum, negative_sum, difference_sum [n_layers, d_model] f64,
//    norms [n_pairs, 2, n_layers] f32;
//    bulk (if kept): activations [n_layers, n_pairs, 2, d_model] f32
struct ExtractTask {
  ModelSource model;
  std::vector<ContrastTokens> pairs;
  std::vector<std::int32_t> layers;
  bool keep_activations = false;
};

// Merges the sums of a behaviour's extract tasks, in plan order, in float64.
// -> vector, positive_mean, negative_mean [n_layers, d_model] f64,
//    median_norm [n_layers] f64, n_pairs [1] i64
struct VectorTask {
  std::int64_t n_layers = 0;
};

struct SaeSource {
  std::string path;
  std::string format;
  std::string digest;
};

// One row of tables/decompositions.
struct DecompositionRequest {
  std::int32_t input = -1;        // which vector task's result; -1: zero vector
  std::int32_t input_layer = -1;  // row of its `vector`
  std::string method;
  double scale = 1;
  bool b_dec_input = false;
  bool b_dec_output = false;
};

// Takes vectors of one layer apart with one SAE.
// -> offsets [n + 1], features [nnz] i64, values [nnz] f32,
//    reconstructions [n, d_model] f32, measures [n, 7] f64 (norm, norm_ratio,
//    cosine, explained_variance, residual_cosine, negative_encoder,
//    negative_decoder), top_features [n, k] i64 (-1: none),
//    top [n, k, 3] f64 (value, encoder_projection, decoder_projection)
struct DecomposeTask {
  SaeSource sae;
  std::vector<DecompositionRequest> requests;
  std::int32_t top = 5;
};

// On disk (names/variants): never renumber.
enum class VariantSource : std::uint8_t {
  original,
  reconstruction,
  zero_reconstruction,
  random,
  planted,
};
const char* name_of(VariantSource source);  // as sweep files spell it
std::optional<VariantSource> variant_named(std::string_view name);

enum class NormRule : std::uint8_t { as_is, equal };
enum class SignRule : std::uint8_t { fixed, matching_letter };

// One row of tables/variants.
struct VariantRequest {
  VariantSource source = VariantSource::original;
  std::int32_t vector_layer = 0;        // row of the vector task's arrays
  std::int32_t decomposition = -1;      // which decompose task's result ...
  std::int32_t decomposition_row = -1;  // ... and its row
  NormRule norm_rule = NormRule::equal;
  SignRule sign_rule = SignRule::fixed;
  storage::Key random_key;                  // of a random control
  std::int32_t token_a = -1, token_b = -1;  // of a planted vector
};

// The vectors that will be added, at multiplier 1. The first input is the
// vector task, the others are decompose tasks.
// -> vectors [n, d_model] f32, norm [n] f64, cosine [n] f64
struct VariantsTask {
  ModelSource model;  // read for planted vectors only
  std::vector<VariantRequest> requests;
};

struct SteeredVariant {
  std::int32_t row = 0;  // of the variants task's vectors
  std::int32_t layer = 0;
  SignRule sign_rule = SignRule::fixed;
};

// Every item under every (variant, multiplier).
// -> logit_match, logit_other, log_sum_exp [n_items, n_variants, n_mult] f32
struct EvaluateTask {
  ModelSource model;
  std::vector<ContrastTokens> items;
  std::vector<SteeredVariant> variants;
  std::vector<double> multipliers;
};

using Task = std::variant<ExtractTask, VectorTask, DecomposeTask, VariantsTask,
                          EvaluateTask>;

// In the order of a sweep; also the index in Task. On disk: never renumber.
enum class TaskKind : std::uint8_t {
  extract,
  vector,
  decompose,
  variants,
  evaluate
};
inline TaskKind kind_of(const Task& task) {
  return static_cast<TaskKind>(task.index());
}
const char* name_of(TaskKind kind);

// What a task gives back. Small arrays travel to the coordinator and into the
// journal; bulk goes to the worker's shard.
struct TaskOutput {
  storage::ArrayMap result;
  storage::ArrayMap bulk;
};

// The hash of all that determines the task's result: its own fields (digests,
// never paths), the keys of the tasks it depends on, the numeric policy and
// the version of its kind.
storage::Key key_of(const Task& task, std::span<const storage::Key> inputs,
                    std::int64_t threads);

// Hashes of what the model is shown, for the keys of cells: the pairs that a
// vector is read from, and an item with where it is steered.
storage::Key key_of_reading(std::span<const ContrastTokens> pairs);
storage::Key key_of_steering(const ContrastTokens& item);

}  // namespace coxswain::jobs
