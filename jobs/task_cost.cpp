#include "jobs/task_cost.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "jobs/steering/steered_cells.hpp"
#include "jobs/steering/variants.hpp"

namespace coxswain::jobs {
namespace {

using storage::DType;

double number(std::int64_t n) { return static_cast<double>(n); }

// Both: of the residual stream, and of what products are made in.
struct Widths {
  explicit Widths(ComputeType compute)
      : stream(compute == ComputeType::float64 ? 8 : 4),
        weight(weight_bytes(compute)) {}
  std::int64_t stream, weight;  // bytes a number
};

// Multiplications and additions of one row in one block's matrices.
double block_flops(const Architecture& m) {
  const std::int64_t heads = (2 * m.n_heads + 2 * m.n_kv_heads) * m.d_head;
  const std::int64_t mlp = (m.gated_mlp ? 3 : 2) * m.d_mlp;
  return 2.0 * number(m.d_model) * number(heads + mlp);
}

// Of `n` queries over `m` keys, scores and sums.
double attention_flops(const Architecture& model, std::int64_t n,
                       std::int64_t m) {
  return 4.0 * number(n) * number(m) * number(model.n_heads * model.d_head);
}

// What `n` rows need in one block, beside the residual stream; the longest
// attention is of `queries` over `keys`.
std::int64_t block_memory(const Architecture& m, const Widths& width,
                          std::int64_t n, std::int64_t queries,
                          std::int64_t keys) {
  const std::int64_t normed = 2 * n * m.d_model * width.stream;
  const std::int64_t heads = (m.n_heads + 2 * m.n_kv_heads) * m.d_head;
  const std::int64_t scores = 2 * m.n_heads * queries * keys * width.stream;
  const std::int64_t attention = n * heads * (width.weight + 2 * width.stream) +
                                 2 * n * m.n_heads * m.d_head * width.weight +
                                 scores;
  const std::int64_t mlp =
      n * ((m.gated_mlp ? 3 : 2) * m.d_mlp + m.d_model) * width.weight;
  return normed + std::max(attention, mlp);
}

std::int64_t length_of(const ContrastTokens& item) {
  return std::ssize(item.shared);
}

// The clean pass over prompts of these lengths.
struct CleanPass {
  double flops = 0;         // of one block
  std::int64_t memory = 0;  // of a block, with the residual stream
  std::int64_t rows = 0;

  void add(const Architecture& model, std::int64_t length) {
    flops += number(length) * block_flops(model) +
             attention_flops(model, length, length);
    rows += length;
    longest = std::max(longest, length);
  }
  void measure(const Architecture& model, const Widths& width) {
    memory = rows * model.d_model * width.stream +
             block_memory(model, width, rows, longest, longest);
  }

 private:
  std::int64_t longest = 0;
};

// One micro-batch of an evaluation: all cells that are not clean.
class CellCost {
 public:
  CellCost(const EvaluateTask& task, const Architecture& model)
      : task_(task), model_(model), width_(task.model.compute) {
    for (const SteeredVariant& variant : task.variants) {
      cells_by_layer_[variant.layer] += std::ranges::count_if(
          task.multipliers, [](double one) { return one != 0; });
    }
  }

  void add(std::size_t first, std::size_t last, TaskCost& cost) const {
    const std::int64_t n_layers = model_.n_layers;
    CleanPass clean;
    std::int64_t rows = 0, scored = static_cast<std::int64_t>(last - first);
    std::int64_t queries = 0, keys = 0;  // of the largest attention
    for (std::size_t i = first; i < last; ++i) {
      const ContrastTokens& item = task_.items[i];
      const std::int64_t steered = length_of(item) - item.steer_from;
      clean.add(model_, length_of(item));
      if (steered <= 0) continue;
      for (const auto& [layer, cells] : cells_by_layer_) {
        rows += cells * steered;
        scored += cells;
        const std::int64_t own = at_once(cells, steered);
        queries = std::max(queries, own);
        keys = std::max(keys, item.steer_from + own);
        cost.flops += number(n_layers - 1 - layer) *
                      steered_block(item.steer_from, cells, steered);
      }
    }
    clean.measure(model_, width_);
    const double read_out =
        2.0 * number(scored) * number(model_.d_model * model_.d_vocab);
    cost.flops += number(n_layers) * clean.flops + read_out;
    cost.size.memory_bytes =
        std::max(cost.size.memory_bytes,
                 memory(clean, scored, rows,
                        block_memory(model_, width_, rows, queries, keys)));
  }

 private:
  // Rows of cells that one attention call takes.
  static std::int64_t at_once(std::int64_t cells, std::int64_t steered) {
    return steered *
           std::min(cells, std::max<std::int64_t>(1, kOwnKeys / steered));
  }

  double steered_block(std::int64_t cached, std::int64_t cells,
                       std::int64_t steered) const {
    return number(cells * steered) * block_flops(model_) +
           attention_flops(model_, cells * steered,
                           cached + at_once(cells, steered));
  }

  // `advance`: what the cells' rows need in one block.
  std::int64_t memory(const CleanPass& clean, std::int64_t scored,
                      std::int64_t rows, std::int64_t advance) const {
    const std::int64_t cached_blocks =
        cells_by_layer_.empty()
            ? 0
            : model_.n_layers - 1 - cells_by_layer_.begin()->first;
    const std::int64_t caches = cached_blocks * clean.rows * 2 *
                                model_.n_kv_heads * model_.d_head *
                                width_.weight;
    const std::int64_t batch = rows * model_.d_model * width_.stream;
    const std::int64_t logits =
        3 * std::min(scored, kReadOutRows) * model_.d_vocab * width_.stream;
    return caches + batch + std::max({clean.memory, logits, advance});
  }

  const EvaluateTask& task_;
  const Architecture& model_;
  Widths width_;
  std::map<std::int64_t, std::int64_t> cells_by_layer_;
};

std::int64_t bytes(std::initializer_list<OutputArray> arrays) {
  return safetensors_bytes({arrays.begin(), arrays.size()});
}

// What extract and import tasks give alike.
TaskSize sums_of(std::int64_t n_layers, std::int64_t n_pairs,
                 std::int64_t d_model, bool keep) {
  const std::int64_t sum = n_layers * d_model;
  const std::int64_t activations = 2 * n_pairs * sum;
  TaskSize size;
  size.result_bytes = bytes({{DType::f64, sum},
                             {DType::f64, sum},
                             {DType::f64, sum},
                             {DType::f32, 2 * n_pairs * n_layers}});
  if (keep) size.bulk_bytes = bytes({{DType::f32, activations}});
  // As they were read, in float64 for the sums, and their differences.
  size.memory_bytes = activations * (4 + 8 + 8);
  return size;
}

}  // namespace

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

std::int64_t safetensors_bytes(std::span<const OutputArray> arrays) {
  // {"name":{"data_offsets":[0,1],"dtype":"F64","shape":[2,3]}, about.
  constexpr std::int64_t kHeaderOfOne = 90;
  std::int64_t all = 8;
  for (const OutputArray& one : arrays) {
    all += kHeaderOfOne +
           one.count * static_cast<std::int64_t>(storage::size_of(one.dtype));
  }
  return all;
}

TaskCost cost_of(const ExtractTask& task, const Architecture& model) {
  constexpr std::int64_t kSiblings = 2;
  CleanPass pass;
  std::int32_t last = 0;
  for (const std::int32_t layer : task.layers) last = std::max(last, layer);
  for (const ContrastTokens& pair : task.pairs) {
    pass.add(model, length_of(pair) + kSiblings);
  }
  pass.measure(model, Widths(task.model.compute));
  TaskCost cost{pass.flops * number(last + 1),
                sums_of(std::ssize(task.layers), std::ssize(task.pairs),
                        model.d_model, task.keep_activations)};
  cost.size.memory_bytes = std::max(cost.size.memory_bytes, pass.memory);
  return cost;
}

TaskCost cost_of(const EvaluateTask& task, const Architecture& model) {
  const std::int64_t steerings =
      std::ssize(task.variants) * std::ssize(task.multipliers);
  const std::int64_t answers = std::ssize(task.items) * steerings;
  TaskCost cost;
  cost.size.result_bytes = bytes(
      {{DType::f32, answers}, {DType::f32, answers}, {DType::f32, answers}});
  const CellCost cells(task, model);
  for (std::size_t first = 0; first < task.items.size();) {
    const std::size_t last = end_of_batch(task.items, first, steerings);
    cells.add(first, last, cost);
    first = last;
  }
  return cost;
}

TaskCost cost_of(const StoreTask& task, const Architecture& model) {
  CleanPass pass;
  std::int64_t rows = 0;
  for (const PairStrings& pair : task.pairs) {
    pass.add(model, std::ssize(pair.shared) + std::ssize(pair.match) +
                        std::ssize(pair.other));
    rows += kept_rows(pair);
  }
  pass.measure(model, Widths(task.model.compute));
  const std::int32_t last = *std::ranges::max_element(task.layers);
  const std::int64_t values = rows * std::ssize(task.layers) * model.d_model;
  TaskCost cost{pass.flops * number(last + 1), {}};
  cost.size.result_bytes = bytes({});
  cost.size.bulk_bytes = bytes({{task.dtype, values}});
  // As they were read, beside what is to be written.
  cost.size.memory_bytes = pass.memory + values * 4 + cost.size.bulk_bytes;
  return cost;
}

TaskCost cost_of(const VectorTask& task, std::int64_t d_model,
                 std::int64_t n_pairs) {
  const std::int64_t sum = task.n_layers * d_model;
  TaskCost cost{number(3 * n_pairs * task.n_layers), {}};
  cost.size.result_bytes = bytes({{DType::f64, sum},
                                  {DType::f64, sum},
                                  {DType::f64, sum},
                                  {DType::f64, task.n_layers},
                                  {DType::i64, 1}});
  cost.size.memory_bytes = 4 * sum * 8 + 2 * n_pairs * task.n_layers * 16;
  return cost;
}

TaskCost cost_of(const VariantsTask& task, std::int64_t d_model,
                 std::int64_t n_pairs) {
  const std::int64_t n = std::ssize(task.requests);
  const auto of_pairs =
      std::ranges::count_if(task.requests, [](const VariantRequest& request) {
        return request.source == VariantSource::covariance ||
               request.source == VariantSource::shuffled;
      });
  TaskCost cost;
  cost.flops = 2.0 * number(d_model) *
               (number(3 * n) + 2.0 * number(of_pairs * n_pairs));
  cost.size.result_bytes =
      bytes({{DType::f32, n * d_model}, {DType::f64, n}, {DType::f64, n}});
  cost.size.memory_bytes =
      n * d_model * 12 + (of_pairs > 0 ? 2 * n_pairs * d_model * 12 : 0);
  return cost;
}

TaskCost cost_of(const ImportTask& task, std::int64_t d_model,
                 std::int64_t n_pairs) {
  return {number(3 * n_pairs * d_model * std::ssize(task.layers)),
          sums_of(std::ssize(task.layers), n_pairs, d_model, true)};
}

}  // namespace coxswain::jobs
