#include "jobs/steering/clean_pass.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <limits>
#include <map>

#include "jobs/model/attention.hpp"

namespace coxswain::jobs {

PackedPrompts::PackedPrompts(const std::vector<ContrastTokens>& items,
                             Siblings siblings) {
  for (const ContrastTokens& item : items) {
    if (siblings == Siblings::both) {
      add(item.shared, {item.token_match}, {item.token_other});
    } else {
      add(item.shared, {}, {});
    }
  }
  finish();
}

PackedPrompts::PackedPrompts(const std::vector<PairStrings>& pairs) {
  for (const PairStrings& pair : pairs) {
    add(pair.shared, pair.match, pair.other);
  }
  finish();
}

void PackedPrompts::add(const std::vector<std::int32_t>& before,
                        const std::vector<std::int32_t>& match,
                        const std::vector<std::int32_t>& other) {
  assert(match.size() == other.size());
  starts.push_back(std::ssize(all_ids_));
  shared.push_back(std::ssize(before));
  tail.push_back(std::ssize(match));
  for (const auto* part : {&before, &match, &other}) {
    std::int64_t position = part == &before ? 0 : shared.back();
    for (const std::int32_t id : *part) {
      all_ids_.push_back(id);
      all_positions_.push_back(position++);
    }
  }
}

void PackedPrompts::finish() {
  ids = at::tensor(all_ids_, at::kLong);
  positions = at::tensor(all_positions_, at::kLong);
}

namespace {

// Masks of all prompts for one width of window. Positions alone would let what
// follows in one string see the other one's.
std::vector<at::Tensor> prompt_masks(const PackedPrompts& prompts,
                                     std::int64_t window, at::ScalarType kind) {
  std::vector<at::Tensor> masks;
  for (std::size_t i = 0; i < prompts.shared.size(); ++i) {
    const std::int64_t shared = prompts.shared[i];
    const std::int64_t tail = prompts.tail[i];
    const at::Tensor positions =
        prompts.positions.narrow(0, prompts.starts[i], prompts.rows(i));
    at::Tensor mask = position_mask(positions, positions, window, kind);
    if (tail > 0) {
      const double hidden = -std::numeric_limits<double>::infinity();
      const auto hide = [&](std::int64_t from, std::int64_t what) {
        mask.narrow(0, from, tail).narrow(1, what, tail).fill_(hidden);
      };
      hide(shared + tail, shared);
      hide(shared, shared + tail);
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
        return all.narrow(0, prompts.starts[i], prompts.rows(i));
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
