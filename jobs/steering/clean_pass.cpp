#include "jobs/steering/clean_pass.hpp"

#include <ATen/ATen.h>

#include <limits>

#include "jobs/model/attention.hpp"

namespace coxswain::jobs {

PackedPrompts::PackedPrompts(const std::vector<ContrastTokens>& items,
                             Siblings siblings)
    : n_siblings(siblings == Siblings::both ? 2 : 0) {
  std::vector<std::int64_t> all_ids, all_positions;
  for (const ContrastTokens& item : items) {
    starts.push_back(std::ssize(all_ids));
    shared.push_back(std::ssize(item.shared));
    for (const std::int32_t id : item.shared) {
      all_positions.push_back(std::ssize(all_ids) - starts.back());
      all_ids.push_back(id);
    }
    if (n_siblings > 0) {
      all_ids.insert(all_ids.end(), {item.token_match, item.token_other});
      all_positions.insert(all_positions.end(), 2, shared.back());
    }
  }
  ids = at::tensor(all_ids, at::kLong);
  positions = at::tensor(all_positions, at::kLong);
}

at::Tensor causal_mask(std::int64_t n, at::ScalarType dtype) {
  return at::full({n, n}, -std::numeric_limits<double>::infinity(),
                  at::TensorOptions().dtype(dtype))
      .triu_(1);
}

namespace {

// The second sibling must not see the first.
at::Tensor prompt_mask(std::int64_t shared, std::int64_t n_siblings,
                       at::ScalarType dtype) {
  at::Tensor mask = causal_mask(shared + n_siblings, dtype);
  if (n_siblings > 0) {
    mask[shared + 1][shared].fill_(-std::numeric_limits<double>::infinity());
  }
  return mask;
}

}  // namespace

at::Tensor clean_pass(const Transformer& model, const PackedPrompts& prompts,
                      std::int64_t last_block,
                      const std::function<void(const BlockState&)>& observe) {
  at::Tensor residual = model.embed(prompts.ids);
  std::vector<at::Tensor> masks;
  for (const std::int64_t shared : prompts.shared) {
    masks.push_back(prompt_mask(shared, prompts.n_siblings, model.dtype()));
  }
  for (std::int64_t block = 0; block <= last_block; ++block) {
    const Projections p = model.project(block, residual, prompts.positions);
    std::vector<at::Tensor> attended;
    for (std::size_t i = 0; i < masks.size(); ++i) {
      const auto rows = [&](const at::Tensor& all) {
        return all.narrow(0, prompts.starts[i],
                          prompts.shared[i] + prompts.n_siblings);
      };
      attended.push_back(
          attend(rows(p.queries), rows(p.keys), rows(p.values), masks[i]));
    }
    model.finish_block(block, residual, at::cat(attended));
    observe({block, residual, p});
  }
  return residual;
}

}  // namespace coxswain::jobs
