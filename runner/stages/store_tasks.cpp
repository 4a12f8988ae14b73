#include "runner/stages/store_tasks.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// Constants of the version, since they decide which rows share a product. A
// task's record is never larger than kBytesPerTask.
constexpr std::size_t kPairsPerTask = 16;
constexpr std::int64_t kBytesPerTask = 128LL << 20;

using Items = std::vector<jobs::BehaviourItem>;

std::int64_t longest_of(const Items& items) {
  std::int64_t longest = 0;
  for (const auto& item : items) {
    longest = std::max(longest, jobs::kept_rows(item.strings));
  }
  return longest;
}

void refuse_long_pairs(const Sweep& sweep, std::int64_t longest,
                       std::int64_t row_bytes) {
  if (longest * row_bytes <= kBytesPerTask) return;
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{sweep.path, "store.activations",
                     std::to_string(longest) + " tokens of one pair",
                     "at most " + std::to_string(kBytesPerTask / row_bytes),
                     "store the answer, or shorter texts"});
}

// Pairs from `first` on that fit into one record together, and their rows.
struct Batch {
  std::size_t end = 0;
  std::int64_t rows = 0;
};
Batch batch_from(const Items& items, std::size_t first,
                 std::int64_t bytes_per_row) {
  Batch batch{first, 0};
  const std::size_t most = std::min(first + kPairsPerTask, items.size());
  for (; batch.end < most; ++batch.end) {
    const std::int64_t more = jobs::kept_rows(items[batch.end].strings);
    if ((batch.rows + more) * bytes_per_row > kBytesPerTask) break;
    batch.rows += more;
  }
  return batch;
}

}  // namespace

std::vector<ActivationPiece> add_store_tasks(
    PlanBuilder& builder, BehaviourIndex behaviour,
    const std::vector<std::int32_t>& wanted) {
  const Plan& plan = builder.plan();
  const StoreEntry& store = plan.sweep.store;
  const Items& train = at(plan.behaviours, behaviour).train;
  const PlannedModel& model = at(plan.models, model_of(plan, behaviour));
  const std::int64_t row_bytes =
      model.header.architecture.d_model *
      static_cast<std::int64_t>(storage::size_of(store.dtype));
  const std::int64_t longest = longest_of(train);
  refuse_long_pairs(plan.sweep, longest, row_bytes);
  const auto n_layers = std::ssize(store.layers);
  const std::int64_t at_once =
      std::min(n_layers, kBytesPerTask / (longest * row_bytes));
  std::vector<ActivationPiece> pieces;
  std::int64_t row = 0;
  for (std::size_t first = 0; first < train.size();) {
    const Batch batch = batch_from(train, first, at_once * row_bytes);
    for (std::int64_t layer = 0; layer < n_layers; layer += at_once) {
      jobs::StoreTask task;
      task.model = model.source;
      task.dtype = store.dtype;
      std::copy_if(store.layers.begin() + layer,
                   store.layers.begin() + std::min(layer + at_once, n_layers),
                   std::back_inserter(task.layers), [&](int one) {
                     return std::ranges::count(wanted, one) > 0;
                   });
      if (task.layers.empty()) continue;
      for (std::size_t i = first; i < batch.end; ++i) {
        task.pairs.push_back(train[i].strings);
      }
      std::vector<std::int32_t> layers = task.layers;
      const auto cost = jobs::cost_of(task, model.header.architecture);
      pieces.push_back({builder.add_task(std::move(task), {}, cost), row,
                        batch.rows, std::move(layers)});
    }
    row += batch.rows;
    first = batch.end;
  }
  return pieces;
}

}  // namespace coxswain::runner
