#include "jobs/steering/clean_start.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>

#include "jobs/device/device_memory.hpp"

namespace coxswain::jobs {

CleanStart::CleanStart(const Transformer& model,
                       const std::vector<ContrastTokens>& items,
                       const std::set<std::int64_t>& layers)
    : items_(items), prompts_(items, PackedPrompts::Siblings::none) {
  std::vector<std::int64_t> from, last;
  std::int64_t wanted = 0;
  for (const ContrastTokens& item : items) {
    const std::int64_t end = std::ssize(item.shared);
    from.push_back(std::min<std::int64_t>(item.steer_from, end - 1));
    first_.push_back(wanted);
    wanted += end - from.back();
    last.push_back(wanted - 1);
  }
  const at::Tensor residual =
      clean_pass(model, prompts_, model.architecture().n_layers - 1,
                 prompts_.rows_from(from), [&](const BlockState& state) {
                   if (layers.contains(state.block)) {
                     starts_[state.block] = state.wanted();
                   }
                   // Cells read keys above their layer alone: below the lowest
                   // one nothing is kept.
                   if (!layers.empty() && state.block > *layers.begin()) {
                     caches_[state.block] = {state.projections.keys,
                                             state.projections.values};
                   }
                 });
  answers_ = residual.index_select(0, placed(last, residual.device()));
}

const at::Tensor& CleanStart::residual(std::int64_t layer) const {
  return starts_.at(layer);
}

std::vector<RowRange> CleanStart::before_steering(std::size_t item) const {
  assert(item < items_.size());
  const std::int64_t before = items_[item].steer_from;
  const std::int64_t common = std::min(before, prompts_.beginning);
  std::vector<RowRange> seen;
  if (common > 0) seen.push_back({0, common});
  if (before > common) seen.push_back({prompts_.starts[item], before - common});
  return seen;
}

}  // namespace coxswain::jobs
