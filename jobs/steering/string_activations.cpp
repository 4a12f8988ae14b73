#include "jobs/steering/string_activations.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/task/store_result.hpp"

namespace coxswain::jobs {
namespace {

// Rows of the packed strings that are kept, in the order of StoreTask.
at::Tensor kept_index(const StoreTask& task, const PackedPrompts& prompts) {
  std::vector<std::int64_t> from;
  for (const PairStrings& pair : task.pairs) from.push_back(pair.keep_from);
  return prompts.rows_from(from);
}

}  // namespace

TaskOutput string_activations(const StoreTask& task, const Transformer& model) {
  assert(!task.pairs.empty() && !task.layers.empty());
  const PackedPrompts prompts(task.pairs);
  const at::Tensor index = kept_index(task, prompts);
  storage::Array all{
      task.dtype,
      {std::ssize(task.layers), index.numel(), model.architecture().d_model},
      ""};
  all.bytes.resize(static_cast<std::size_t>(all.count()) *
                   storage::size_of(task.dtype));
  // Written in place: it may be large.
  const at::Tensor out = at::from_blob(
      all.bytes.data(), all.shape,
      at::TensorOptions(task.dtype == storage::DType::bf16 ? at::kBFloat16
                                                           : at::kFloat));
  clean_pass(model, prompts,
             *std::max_element(task.layers.begin(), task.layers.end()), index,
             [&](const BlockState& state) {
               for (std::size_t i = 0; i < task.layers.size(); ++i) {
                 if (task.layers[i] != state.block) continue;
                 const at::Tensor kept = state.wanted();
                 require_finite(kept, "resid_post to be stored",
                                "its weights are finite, so the model "
                                "overflows: coxswain check tries it");
                 out.select(0, static_cast<std::int64_t>(i)).copy_(kept);
               }
             });
  TaskOutput output;
  output.bulk[store_result::kActivations.name] = std::move(all);
  return output;
}

}  // namespace coxswain::jobs
