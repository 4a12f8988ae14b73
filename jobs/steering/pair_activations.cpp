#include "jobs/steering/pair_activations.hpp"

#include <cassert>

#include <ATen/ATen.h>

#include "jobs/device/result_tensors.hpp"
#include "jobs/task/extract_result.hpp"

namespace coxswain::jobs {

PairActivations pair_activations(const std::vector<storage::ArrayMap>& inputs,
                                 std::size_t first, std::size_t n,
                                 std::int64_t layer) {
  assert(n > 0 && first + n <= inputs.size());
  std::vector<at::Tensor> parts;
  for (std::size_t i = first; i < first + n; ++i) {
    parts.push_back(
        tensor_of(inputs.at(i), extract_result::kActivations, "extract task")
            .select(0, layer));
  }
  const at::Tensor all = at::cat(parts).to(at::kFloat);  // [n_pairs, 2, d]
  return {all.select(1, 0).contiguous(), all.select(1, 1).contiguous()};
}

}  // namespace coxswain::jobs
