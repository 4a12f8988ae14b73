#include "jobs/cost/task_cost.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <span>
#include <vector>

#include "jobs/cost/output_array.hpp"
#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/model/padded_attention.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/task/activity_result.hpp"
#include "jobs/task/evaluate_result.hpp"
#include "jobs/task/extract_result.hpp"
#include "jobs/task/features_result.hpp"
#include "jobs/task/observe_result.hpp"
#include "jobs/task/variants_result.hpp"
#include "jobs/task/vector_result.hpp"

namespace coxswain::jobs {
namespace {

double number(std::int64_t n) { return static_cast<double>(n); }

// How wide the numbers are: of the residual stream, and of what products are
// made in.
struct Widths {
  explicit Widths(ComputeType compute)
      : stream(compute == ComputeType::float64 ? 8 : 4),
        weight(weight_bytes(compute)) {}
  std::int64_t stream, weight;  // bytes a number
};

// Multiplications and additions of one row in one block's matrices: in those
// that make queries, keys and values, and in the others.
struct RowFlops {
  explicit RowFlops(const Architecture& m)
      : heads(2.0 *
              number(m.d_model * (m.n_heads + 2 * m.n_kv_heads) * m.d_head)),
        rest(2.0 * number(m.d_model * (m.n_heads * m.d_head +
                                       (m.gated_mlp ? 3 : 2) * m.d_mlp))) {}
  double heads, rest;
};

// What queries at positions [from, to) take in one block: each sees itself and
// all before it.
double attention_flops(const Architecture& model, std::int64_t from,
                       std::int64_t to) {
  assert(0 <= from && from <= to);
  const std::int64_t seen = (to * (to + 1) - from * (from + 1)) / 2;
  return 4.0 * number(seen * model.n_heads * model.d_head);
}

// What one row takes between the products of a block.
std::int64_t inner_bytes(const Architecture& m, const Widths& width) {
  return ((m.gated_mlp ? 3 : 2) * m.d_mlp + 2 * m.d_model) * width.weight;
}

// What `n` rows need in one block, with the residual stream: heads of all of
// them, and what stands between products of some at a time.
std::int64_t block_memory(const Architecture& m, const Widths& width,
                          std::int64_t n) {
  const std::int64_t stream = n * m.d_model * width.stream;
  const std::int64_t heads =
      n * m.d_head * 2 * (m.n_heads + m.n_kv_heads) * width.stream;
  return stream + heads + std::min(n, kRowsPerProduct) * inner_bytes(m, width);
}

std::int64_t length_of(const ContrastTokens& item) {
  return std::ssize(item.shared);
}

// A clean pass over prompts, the tokens they begin with taken once.
class CleanPass {
 public:
  CleanPass(const Architecture& model, const Widths& width)
      : model_(model), width_(width) {}

  // Adds a prompt of whose rows `wanted` are read, with two strings of `tail`
  // tokens behind it.
  void add(std::span<const std::int32_t> shared, std::int64_t tail,
           std::int64_t wanted) {
    prompts_.push_back(shared);
    tails_.push_back(tail);
    wanted_ += wanted;
  }

  std::int64_t rows() const {
    const std::int64_t beginning = common_beginning(prompts_);
    std::int64_t n = beginning;
    for (std::size_t i = 0; i < prompts_.size(); ++i) {
      n += std::ssize(prompts_[i]) - beginning + 2 * tails_[i];
    }
    return n;
  }

  // What the first `blocks` blocks take, the last one only as far as it is
  // read.
  double flops(std::int64_t blocks) const {
    const std::int64_t beginning = common_beginning(prompts_);
    const RowFlops row(model_);
    double attention = attention_flops(model_, 0, beginning);
    for (std::size_t i = 0; i < prompts_.size(); ++i) {
      const std::int64_t shared = std::ssize(prompts_[i]);
      attention += attention_flops(model_, beginning, shared) +
                   2 * attention_flops(model_, shared, shared + tails_[i]);
    }
    const double all = number(rows());
    return number(blocks) * all * row.heads +
           (number(blocks - 1) * all + number(wanted_)) * row.rest +
           number(blocks - 1) * attention;
  }

  std::int64_t memory() const { return block_memory(model_, width_, rows()); }

 private:
  const Architecture& model_;
  Widths width_;
  std::vector<std::span<const std::int32_t>> prompts_;
  std::vector<std::int64_t> tails_;
  std::int64_t wanted_ = 0;
};

// One clean pass of an evaluation and all cells that go on from it.
class CellCost {
 public:
  CellCost(const EvaluateTask& task, const Architecture& model)
      : task_(task), model_(model), width_(task.model.compute), row_(model) {
    for (const SteeredVariant& variant : task.variants) {
      const std::int64_t steerings = std::ranges::count_if(
          task.multipliers, [](double one) { return one != 0; });
      cells_by_layer_[variant.layer] += steerings;
      if (!variant.further.empty()) {
        together_ += steerings * (1 + std::ssize(variant.further));
      }
    }
    // A clamped feature's column of W_enc lies beside its vector.
    for (std::size_t v = 0; v < task.variants.size(); ++v) {
      if (operation_of(task, v) != Operation::clamp) continue;
      together_ += 2 * std::ssize(task.multipliers);
    }
    // Multiplier 0 is answered by the clean pass: such a layer has no cells.
    std::erase_if(cells_by_layer_,
                  [](const auto& one) { return one.second == 0; });
  }

  void add(std::size_t first, std::size_t last, TaskCost& cost) const {
    assert(first < last && last <= task_.items.size());
    CleanPass clean(model_, width_);
    std::int64_t scored = static_cast<std::int64_t>(last - first);
    std::int64_t starts = 0;  // rows of the clean pass that cells start from
    std::vector<std::int64_t> rows;  // of each cell
    for (std::size_t i = first; i < last; ++i) {
      const ContrastTokens& item = task_.items[i];
      const std::int64_t steered = length_of(item) - item.steer_from;
      clean.add(item.shared, 0, std::max<std::int64_t>(steered, 1));
      if (steered <= 0) continue;
      starts += steered;
      for (const auto& [layer, cells] : cells_by_layer_) {
        scored += cells;
        rows.insert(rows.end(), static_cast<std::size_t>(cells), steered);
        cost.flops += number(cells) * cell_flops(item, layer);
      }
    }
    const std::int64_t per_score =
        task_.letter_mass ? model_.d_vocab : std::int64_t{2};
    cost.flops += clean.flops(model_.n_layers) +
                  2.0 * number(scored * model_.d_model * per_score);
    cost.size.memory_bytes =
        std::max(cost.size.memory_bytes, memory(clean, starts, rows, scored));
  }

 private:
  // What one cell takes in the blocks above its layer, the last one only as far
  // as it is read.
  double cell_flops(const ContrastTokens& item, std::int64_t layer) const {
    assert(0 <= layer && layer < model_.n_layers);
    const std::int64_t blocks = model_.n_layers - 1 - layer;
    if (blocks == 0) return 0;
    const double rows = number(length_of(item) - item.steer_from);
    return number(blocks) * rows * row_.heads +
           (number(blocks - 1) * rows + 1) * row_.rest +
           number(blocks - 1) *
               attention_flops(model_, item.steer_from, length_of(item)) +
           attention_flops(model_, length_of(item) - 1, length_of(item));
  }

  std::int64_t memory(const CleanPass& clean, std::int64_t starts,
                      const std::vector<std::int64_t>& rows,
                      std::int64_t scored) const {
    std::int64_t most = 0;  // rows of a micro-batch
    for (std::size_t first = 0; first < rows.size();) {
      const std::size_t last = end_of_cells(rows, first);
      std::int64_t n = 0;
      for (; first < last; ++first) n += rows[first];
      most = std::max(most, n);
    }
    const std::int64_t cached_blocks =
        cells_by_layer_.empty()
            ? 0
            : model_.n_layers - 1 - cells_by_layer_.begin()->first;
    const std::int64_t kept =
        cached_blocks * clean.rows() * 2 * model_.n_kv_heads * model_.d_head *
            width_.stream +
        std::ssize(cells_by_layer_) * starts * model_.d_model * width_.stream;
    const std::int64_t logits = task_.letter_mass
                                    ? 3 * std::min(scored, kReadOutRows) *
                                          model_.d_vocab * width_.stream
                                    : 0;
    // Vectors that act together or with a reader, as they are made and in the
    // stream's kind; and what acting on rows takes beside the rows.
    const std::int64_t row = model_.d_model * width_.stream;
    const std::int64_t vectors =
        together_ * (model_.d_model * std::int64_t{sizeof(float)} + row);
    const std::int64_t acting = together_ == 0 ? 0 : 5 * most * row;
    return kept + vectors +
           std::max({clean.memory(), logits, acting,
                     block_memory(model_, width_, most)});
  }

  const EvaluateTask& task_;
  const Architecture& model_;
  Widths width_;
  RowFlops row_;
  std::map<std::int64_t, std::int64_t> cells_by_layer_;
  std::int64_t together_ = 0;  // rows of steerings that have several
};

// What extract and import tasks give alike.
TaskSize sums_of(std::int64_t n_layers, std::int64_t n_pairs,
                 std::int64_t d_model, bool keep) {
  const std::int64_t sum = n_layers * d_model;
  const std::int64_t activations = 2 * n_pairs * sum;
  TaskSize size;
  size.result_bytes = safetensors_bytes(
      {output_of(extract_result::kPositiveSum, 2 * sum),
       output_of(extract_result::kNegativeSum, 2 * sum),
       output_of(extract_result::kDifferenceSum, 2 * sum),
       output_of(extract_result::kLetterSums, 2 * 2 * sum),
       output_of(extract_result::kLetterCounts, 1),
       output_of(extract_result::kNorms, 2 * n_pairs * n_layers)});
  if (keep) {
    size.bulk_bytes = safetensors_bytes(
        {output_of(extract_result::kActivations, activations)});
  }
  // As they were read, in float64 for the sums, and their differences.
  size.memory_bytes = activations * (4 + 8 + 8);
  return size;
}

}  // namespace

std::int64_t gpu_buffer_bytes(const Architecture& model, ComputeType compute) {
  const Widths width(compute);
  constexpr std::int64_t kScores = 4;  // two parts, together, and as shares
  return (kRowsPerBatch - kRowsPerProduct) * inner_bytes(model, width) +
         kScores * kScoresAtOnce * model.n_heads * width.stream;
}

std::int64_t weight_bytes(ComputeType compute) {
  switch (compute) {
    case ComputeType::float32:
      return 4;
    case ComputeType::float64:
      return 8;
    case ComputeType::bfloat16:
      return 2;
  }
  return 4;
}

TaskCost cost_of(const ExtractTask& task, const Architecture& model) {
  assert(!task.layers.empty());
  const std::int64_t blocks = *std::ranges::max_element(task.layers) + 1;
  TaskCost cost{0, sums_of(std::ssize(task.layers), std::ssize(task.pairs),
                           model.d_model, task.keep_activations)};
  for (std::size_t first = 0; first < task.pairs.size();) {
    const std::size_t last = end_of_pass(task.pairs, first);
    CleanPass pass(model, Widths(task.model.compute));
    for (; first < last; ++first) pass.add(task.pairs[first].shared, 1, 2);
    cost.flops += pass.flops(blocks);
    cost.size.memory_bytes = std::max(cost.size.memory_bytes, pass.memory());
  }
  return cost;
}

TaskCost cost_of(const EvaluateTask& task, const Architecture& model) {
  const std::int64_t answers = std::ssize(task.items) *
                               std::ssize(task.variants) *
                               std::ssize(task.multipliers);
  TaskCost cost;
  const OutputArray match = output_of(evaluate_result::kLogitMatch, answers);
  const OutputArray other = output_of(evaluate_result::kLogitOther, answers);
  cost.size.result_bytes =
      task.letter_mass
          ? safetensors_bytes(
                {match, other, output_of(evaluate_result::kLogSumExp, answers)})
          : safetensors_bytes({match, other});
  const CellCost cells(task, model);
  for (std::size_t first = 0; first < task.items.size();) {
    const std::size_t last = end_of_pass(task.items, first);
    cells.add(first, last, cost);
    first = last;
  }
  return cost;
}

TaskCost cost_of(const StoreTask& task, const Architecture& model) {
  assert(!task.layers.empty());
  CleanPass pass(model, Widths(task.model.compute));
  std::int64_t rows = 0;
  for (const PairStrings& pair : task.pairs) {
    pass.add(pair.shared, std::ssize(pair.match), kept_rows(pair));
    rows += kept_rows(pair);
  }
  const std::int32_t last = *std::ranges::max_element(task.layers);
  const std::int64_t values = rows * std::ssize(task.layers) * model.d_model;
  TaskCost cost{pass.flops(last + 1), {}};
  cost.size.result_bytes = safetensors_bytes({});
  cost.size.bulk_bytes = safetensors_bytes({{task.dtype, values}});
  // As they were read, beside what is to be written.
  cost.size.memory_bytes = pass.memory() + values * 4 + cost.size.bulk_bytes;
  return cost;
}

namespace {

// Adds clean passes over all tokens of texts, whose rows are then in float64.
void add_texts(const std::vector<std::vector<std::int32_t>>& all,
               const Architecture& model, const Widths& width,
               std::int64_t blocks, TaskCost& cost) {
  for_each_pass(all, [&](const std::vector<ContrastTokens>& texts) {
    CleanPass pass(model, width);
    std::int64_t rows = 0;
    for (const ContrastTokens& text : texts) {
      pass.add(text.shared, 0, length_of(text));
      rows += length_of(text);
    }
    cost.flops += pass.flops(blocks);
    cost.size.memory_bytes = std::max(
        cost.size.memory_bytes, pass.memory() + rows * model.d_model * (8 + 8));
  });
}

}  // namespace

TaskCost cost_of(const ObserveTask& task, const Architecture& model) {
  assert(!task.layers.empty());
  // Most layers have norms within an octave, and a few far above; a bin has
  // some of them.
  constexpr std::int64_t kBins = 320;
  std::int64_t tokens = 0;
  for (const auto& text : task.texts) tokens += std::ssize(text);
  const std::int64_t blocks = *std::ranges::max_element(task.layers) + 1;
  const std::int64_t bins =
      std::min(tokens / 3, kBins) * std::ssize(task.layers);
  TaskCost cost;
  cost.size.result_bytes = safetensors_bytes(
      {output_of(observe_result::kOffsets, 2 * std::ssize(task.layers)),
       output_of(observe_result::kBins, bins),
       output_of(observe_result::kCounts, bins),
       output_of(observe_result::kMoments, bins)});
  add_texts(task.texts, model, Widths(task.model.compute), blocks, cost);
  return cost;
}

TaskCost cost_of(const ActivityTask& task, const Architecture& model,
                 std::int64_t d_sae, std::int64_t n_pairs) {
  TaskCost cost;
  const std::int64_t groups = activity_groups(task);
  const std::int64_t contexts = d_sae * task.contexts;
  cost.size.result_bytes = safetensors_bytes(
      {output_of(activity_result::kTokens, groups),
       output_of(activity_result::kActive, groups * d_sae),
       output_of(activity_result::kCodeSum, 2 * groups * d_sae),
       output_of(activity_result::kCodeMost, groups * d_sae),
       output_of(activity_result::kProjectionSum, 2 * groups * d_sae),
       output_of(activity_result::kProjectionSquares, 2 * groups * d_sae),
       output_of(activity_result::kContextValues, contexts),
       output_of(activity_result::kContextPlaces, contexts)});
  std::int64_t rows = 2 * n_pairs;
  for (const auto& text : task.texts) rows += std::ssize(text);
  if (!task.texts.empty()) {
    add_texts(task.texts, model, Widths(task.model.compute), task.layer + 1,
              cost);
  }
  // Codes and projections of some rows at a time.
  const std::int64_t at_once =
      std::min({rows, kActivityRows, rows_a_reading(d_sae)});
  cost.flops += 4.0 * number(rows * model.d_model * d_sae);
  cost.size.memory_bytes +=
      at_once * d_sae * (4 + 4 + 4 + 4) + 2 * n_pairs * model.d_model * 8 +
      groups * d_sae * (8 + 2 * 7 * 8) + 2 * contexts * 12;
  // The norms say which tokens are sinks: all are kept until they are there.
  if (task.sinks_apart) cost.size.memory_bytes += rows * model.d_model * 4;
  return cost;
}

namespace {

// What a method of rows takes more: all activations, and of one layer at a time
// products of all rows with each other, and eigenvectors or Newton's steps.
void add_rows(const VectorTask& task, std::int64_t d_model,
              std::int64_t n_pairs, TaskCost& cost) {
  constexpr double kSolving = 20;  // times the cube of what is solved for
  const std::int64_t rows = 2 * n_pairs;
  const std::int64_t span = std::min(rows, d_model);
  cost.flops +=
      number(task.n_layers) * (4.0 * number(rows * d_model) * number(span) +
                               kSolving * number(rows * span) * number(span));
  cost.size.memory_bytes += rows * d_model * (task.n_layers * (4 + 8) + 6 * 8) +
                            4 * (rows + span) * span * 8;
}

}  // namespace

TaskCost cost_of(const VectorTask& task, std::int64_t d_model,
                 std::int64_t n_pairs) {
  const std::int64_t sum = task.n_layers * d_model;
  TaskCost cost{number(3 * n_pairs * task.n_layers), {}};
  cost.size.result_bytes =
      safetensors_bytes({output_of(vector_result::kVector, sum),
                         output_of(vector_result::kPositiveMean, sum),
                         output_of(vector_result::kNegativeMean, sum),
                         output_of(vector_result::kBalanced, sum),
                         output_of(vector_result::kLetter, sum),
                         output_of(vector_result::kMedianNorm, task.n_layers),
                         output_of(vector_result::kPairs, 1),
                         output_of(vector_result::kLetterCounts, 1)});
  cost.size.memory_bytes = 8 * sum * 8 + 2 * n_pairs * task.n_layers * 16;
  if (traits_of(task.method).rows) add_rows(task, d_model, n_pairs, cost);
  return cost;
}

TaskCost cost_of(const VariantsTask& task, std::int64_t d_model,
                 std::int64_t n_pairs) {
  const std::int64_t n = std::ssize(task.requests);
  const auto of_pairs = std::ranges::count_if(
      task.requests,
      [](const VariantRequest& request) { return needs_pairs(request); });
  TaskCost cost;
  cost.flops = 2.0 * number(d_model) *
               (number(3 * n) + 2.0 * number(of_pairs * n_pairs));
  const auto vectors = output_of(variants_result::kVectors, n * d_model);
  const auto norm = output_of(variants_result::kNorm, n);
  const auto cosine = output_of(variants_result::kCosine, n);
  cost.size.result_bytes =
      n > 0 && task.requests.front().source == VariantSource::feature
          ? safetensors_bytes(
                {vectors, norm, cosine,
                 output_of(variants_result::kEncoders, n * d_model),
                 output_of(variants_result::kGates, n)})
          : safetensors_bytes({vectors, norm, cosine});
  const bool features =
      n > 0 && task.requests.front().source == VariantSource::feature;
  cost.size.memory_bytes = n * d_model * (features ? 28 : 12) +
                           (of_pairs > 0 ? 2 * n_pairs * d_model * 12 : 0);
  return cost;
}

TaskCost cost_of(const FeaturesTask& task, std::int64_t d_model) {
  const std::int64_t n = std::ssize(task.features);
  TaskCost cost;
  cost.flops = 2.0 * number(n * d_model);
  cost.size.result_bytes =
      safetensors_bytes({output_of(features_result::kDecoder, n * d_model),
                         output_of(features_result::kEncoder, n * d_model),
                         output_of(features_result::kGates, n)});
  cost.size.memory_bytes = n * d_model * 28;
  return cost;
}

TaskCost cost_of(const ImportTask& task, std::int64_t d_model,
                 std::int64_t n_pairs) {
  return {number(3 * n_pairs * d_model * std::ssize(task.layers)),
          sums_of(std::ssize(task.layers), n_pairs, d_model, true)};
}

}  // namespace coxswain::jobs
