#include "jobs/steering/clean_pass.hpp"

#include <ATen/ATen.h>

#include <limits>
#include <map>

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

namespace {

// Masks of all prompts for one width of window. The second sibling must not
// see the first, which has the same position.
std::vector<at::Tensor> prompt_masks(const PackedPrompts& prompts,
                                     std::int64_t window, at::ScalarType kind) {
  std::vector<at::Tensor> masks;
  for (std::size_t i = 0; i < prompts.shared.size(); ++i) {
    const std::int64_t shared = prompts.shared[i];
    const at::Tensor positions = prompts.positions.narrow(
        0, prompts.starts[i], shared + prompts.n_siblings);
    at::Tensor mask = position_mask(positions, positions, window, kind);
    if (prompts.n_siblings > 0) {
      const double hidden = -std::numeric_limits<double>::infinity();
      mask[shared + 1][shared].fill_(hidden);
      mask[shared][shared + 1].fill_(hidden);
    }
    masks.push_back(mask);
  }
  return masks;
}

}  // namespace

at::Tensor clean_pass(const Transformer& model, const PackedPrompts& prompts,
                      std::int64_t last_block,
                      const std::function<void(const BlockState&)>& observe) {
  at::Tensor residual = model.embed(prompts.ids, prompts.positions);
  const Rotation rotation = model.rotation(prompts.positions);
  std::map<std::int64_t, std::vector<at::Tensor>> masks_of;  // by window
  for (std::int64_t block = 0; block <= last_block; ++block) {
    const std::int64_t window =
        model.architecture().windows[static_cast<std::size_t>(block)];
    std::vector<at::Tensor>& masks = masks_of[window];
    if (masks.empty()) masks = prompt_masks(prompts, window, model.stream());
    const Projections p = model.project(block, residual, rotation);
    std::vector<at::Tensor> attended;
    for (std::size_t i = 0; i < masks.size(); ++i) {
      const auto rows = [&](const at::Tensor& all) {
        return all.narrow(0, prompts.starts[i],
                          prompts.shared[i] + prompts.n_siblings);
      };
      attended.push_back(model.attend(rows(p.queries), rows(p.keys),
                                      rows(p.values), masks[i]));
    }
    model.finish_block(block, residual, at::cat(attended));
    observe({block, residual, p});
  }
  return residual;
}

}  // namespace coxswain::jobs
