#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "jobs/task/sae_header.hpp"
#include "storage/files/digest.hpp"
#include "storage/tensors/array.hpp"

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

// Both strings of a contrast pair to their ends.
struct PairStrings {
  std::vector<std::int32_t> shared;        // all before they first differ
  std::vector<std::int32_t> match, other;  // the rest of x+ and of x-, as long
  std::int32_t keep_from = 0;  // the first token kept, at most shared.size()
};

// Residual stream at the read position of both strings, summed over the pairs.
// -> positive_sum, negative_sum, difference_sum [n_layers, d_model] f64,
//    letter_sums [2, n_layers, d_model] f64 (differences of the pairs whose
//    matching letter is A, and B), n_letters [2] i64 (how many), norms
//    [n_pairs, 2, n_layers] f32; bulk (if kept): activations [n_layers,
//    n_pairs, 2, d_model] f32
struct ExtractTask {
  ModelSource model;
  std::vector<ContrastTokens> pairs;
  std::vector<std::int32_t> layers;
  bool keep_activations = false;
};

// Merges the sums of a behaviour's extract tasks, in plan order, in float64.
// -> vector, positive_mean, negative_mean [n_layers, d_model] f64,
//    median_norm [n_layers] f64, n_pairs [1], n_letters [2] i64; and, with
//    d_A and d_B the means over the pairs whose matching letter is A and B,
//    balanced = (d_A + d_B) / 2 and letter = (d_A - d_B) / 2 [n_layers,
//    d_model] f64: NaN where one of the two letters never matches
struct VectorTask {
  std::int64_t n_layers = 0;
};

struct SaeSource {
  std::string path;
  SaeOptions options;  // the format as it was recognised
  std::string digest;
  std::string facts;  // SaeHeader::facts
  // What its decoder says of the activations that its vectors were made of must
  // explain more than this share of their variance, or the task fails.
  double least_explained = 0;
};

// What stands in for a steering vector. On disk (names/controls): never
// renumber.
enum class Control : std::uint8_t {
  none,         // the vector itself
  zero,         // the zero vector
  random,       // isotropic
  planted,      // W_U[A] - W_U[B]: a known answer for steering
  covariance,   // random with the covariance of the activations
  shuffled,     // x+ and x- exchanged in random pairs
  other,        // another behaviour's vector
  sparse,       // a signed sum of few decoder rows: a known answer for an SAE
  decoder_row,  // one decoder row
  resampled,    // of pairs drawn with replacement
};
const char* name_of(Control control);

// A vector of some behaviour, or its stand-in, always of the vector's length.
struct VectorRequest {
  Control control = Control::none;
  std::int32_t input = -1;  // which vector task's result; -1: the zero vector
  std::int32_t other = -1;  // of which vector task, for Control::other
  storage::Key key;         // of its random numbers
};

// One row of tables/decompositions.
struct DecompositionRequest {
  std::int32_t vector = 0;  // of DecomposeTask::vectors
  std::string method;
  double parameter = 0;  // of the method, 0 without one
  double scale = 1;
  bool b_dec_input = false;
  bool b_dec_output = false;
};

// On disk (names/parts): never renumber. Ranks and k count features by the size
// of their coefficients, ties to the lower index.
enum class Part : std::uint8_t {
  all,
  positive,
  negative,
  flipped,  // negative coefficients with their sign turned round
  first,    // the k strongest
  atom,     // the one of rank k
  without,  // all but the one of rank k
};
const char* name_of(Part part);

// A part of a decomposition, put together again to be steered with.
struct PartRequest {
  std::int32_t request = 0;  // of DecomposeTask::requests
  Part part = Part::all;
  std::int32_t k = -1;
};

// Takes vectors of one layer apart with one SAE. Inputs: the vector tasks, then
// each one's extract tasks with their bulk, in order. The first of `vectors`
// are the vector tasks' own.
// -> offsets [n + 1], features [nnz] i64, values [nnz] f32,
//    reconstructions [n, d_model] f32, measures [n, 7] f64 (norm, norm_ratio,
//    cosine, explained_variance, residual_cosine, negative_encoder,
//    negative_decoder), truth [n, 3] i64 (atoms that were planted, found among
//    as many strongest features, found with their sign; -1 without),
//    top_features [n, k] i64 (-1: none),
//    top [n, k, 3] f64 (value, encoder_projection, decoder_projection);
//    parts [n_parts, d_model] f32;
//    difference_features [behaviours, n_differences] i64 (-1: none),
//    differences [behaviours, n_differences, 5] f64 (mean code of x+, of x-,
//    encoder and decoder projection of v, f(v)), difference_cosines
//    [behaviours, n_differences, n_differences] f32; active_features
//    [behaviours, n_differences] i64, active [behaviours, n_differences, 8] f64
//    (f(v), f(0), mean code of x+, of x-, rate on x+, on x-, encoder and
//    decoder projection of v), active_cosines (to the decoder rows of
//    difference_features) [behaviours, n_differences, n_differences] f32;
//    fit [8] f64 (SaeFit)
struct DecomposeTask {
  SaeSource sae;
  std::int32_t layer = 0;                // row of the inputs' arrays
  std::vector<std::int32_t> n_extracts;  // of each vector task
  std::vector<VectorRequest> vectors;
  std::vector<DecompositionRequest> requests;
  std::vector<PartRequest> parts;
  std::int32_t top = 5;
  std::int32_t n_differences = 100;
  std::int32_t planted_atoms = 8;  // of Control::sparse
};

// On disk (names/variants): never renumber.
enum class VariantSource : std::uint8_t {
  original,
  reconstruction,
  zero_reconstruction,
  random,
  planted,
  covariance,
  shuffled,
  other,
  resampled,
  balanced,  // the mean of the two matching letters' means
  letter,    // half their difference: what a vector has of "A minus B"
};
const char* name_of(VariantSource source);  // as sweep files spell it
std::optional<VariantSource> variant_named(std::string_view name);
// Whether it is made of the activations of every pair.
bool needs_pairs(VariantSource source);
// What stands in for the vector; none where it is rebuilt.
Control control_of(VariantSource source);

enum class NormRule : std::uint8_t { as_is, equal };
enum class SignRule : std::uint8_t { fixed, matching_letter };

// How long the original is at multiplier 1, and with it whatever is made as
// long as it. On disk (names/dose_rules): never renumber.
enum class DoseRule : std::uint8_t {
  raw,             // as it came out of the mean
  behaviour_mean,  // as long as the behaviours' vectors of a layer on average
  residual_fraction,  // as the median activation that it was read from
};

// One row of tables/variants.
struct VariantRequest {
  VariantSource source = VariantSource::original;
  std::int32_t vector_layer = 0;  // row of the vector task's arrays
  // Which input a rebuilt vector (a decompose task) or another behaviour's (a
  // vector task) comes from, and the row of its parts or vectors.
  std::int32_t input = -1;
  std::int32_t row = -1;
  NormRule norm_rule = NormRule::equal;
  SignRule sign_rule = SignRule::fixed;
  DoseRule dose_rule = DoseRule::raw;
  storage::Key random_key;                  // of a random control
  std::int32_t token_a = -1, token_b = -1;  // of a planted vector
};

// Pairs of one cluster are drawn together, clusters within their stratum.
struct PairCluster {
  std::int32_t cluster = 0, stratum = 0;
};

// The vectors that will be added, at multiplier 1. Inputs: the vector task, its
// extract tasks with their bulk, then those that the requests and behaviours
// name by number.
// -> vectors [n, d_model] f32, norm [n] f64, cosine [n] f64
struct VariantsTask {
  ModelSource model;  // read for planted vectors only
  std::int32_t n_extracts = 0;
  std::vector<VariantRequest> requests;
  std::vector<PairCluster> clusters;     // of each pair, for resampled vectors
  std::vector<std::int32_t> behaviours;  // vector tasks, for behaviour_mean
};

struct SteeredVariant {
  std::int32_t row = 0;  // of the variants task's vectors
  std::int32_t layer = 0;
  SignRule sign_rule = SignRule::fixed;
};

// Every item under every (variant, multiplier).
// -> logit_match, logit_other [n_items, n_variants, n_mult] f32, and
//    log_sum_exp likewise, if letter_mass
struct EvaluateTask {
  ModelSource model;
  std::vector<ContrastTokens> items;
  std::vector<SteeredVariant> variants;
  std::vector<double> multipliers;
  bool letter_mass = true;  // the share of the letters is of interest, too
};

// Activations that were made before, in an extract task's place, with the same
// results.
struct ImportTask {
  std::string path;    // as storage::open_stored_activations() takes it
  std::string digest;  // SHA-256 of the file
  std::string behaviour;
  std::vector<std::int32_t> layers;
};

// Residual stream at the tokens from keep_from on, to be stored. Rows are pair
// after pair: what is kept of `shared`, once, then x+'s rest, then x-'s.
// -> bulk: activations [n_layers, n_rows, d_model] of `dtype`
struct StoreTask {
  ModelSource model;
  std::vector<PairStrings> pairs;
  std::vector<std::int32_t> layers;
  storage::DType dtype = storage::DType::f32;  // or bf16
};
std::int64_t kept_rows(const PairStrings& pair);

// Norms of the residual stream at every token of some texts, none of them
// empty.
// -> as to_arrays() of norm_histogram.hpp has them, two a layer: of the texts'
//    first tokens, and of all others
struct ObserveTask {
  ModelSource model;
  std::vector<std::vector<std::int32_t>> texts;
  std::vector<std::int32_t> layers;
};

// What an SAE's features do on activations of some groups: of texts' first
// tokens and of all others, and, if sinks are apart, of the sinks among the
// first and among the others; without texts of the inputs' x+ and x-, which are
// extract tasks' bulk.
// -> tokens [groups] i64; active [groups, d_sae] i64; code_sum, code_most,
//    projection_sum, projection_squares [groups, d_sae] f64, of <h, W_enc[:,
//    j]>; where each fires most, but for first tokens and sinks that are apart:
//    context_values [d_sae, contexts] f32 (0: none), context_places [d_sae,
//    contexts, 2] i32 (index in texts, position), if there are any to keep
struct ActivityTask {
  ModelSource model;
  SaeSource sae;
  std::vector<std::vector<std::int32_t>> texts;
  std::int32_t layer = 0;  // a block; without texts, row of the inputs' arrays
  bool sinks_apart = false;   // by the task's own norms (without_sinks())
  std::int32_t contexts = 0;  // of each feature, at most
};

using Task = std::variant<ExtractTask, VectorTask, DecomposeTask, VariantsTask,
                          EvaluateTask, ImportTask, StoreTask, ObserveTask,
                          ActivityTask>;

// In the order of a sweep; also the index in Task. On disk: never renumber.
enum class TaskKind : std::uint8_t {
  extract,
  vector,
  decompose,
  variants,
  evaluate,
  import,
  store,
  observe,
  activity
};
inline TaskKind kind_of(const Task& task) {
  return static_cast<TaskKind>(task.index());
}
const char* name_of(TaskKind kind);

// What a worker has to have loaded for a task; null: nothing.
struct TaskLoads {
  const ModelSource* model = nullptr;
  const SaeSource* sae = nullptr;
};
TaskLoads loads_of(const Task& task);

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
storage::Key key_of_texts(std::span<const std::vector<std::int32_t>> texts);

}  // namespace coxswain::jobs
