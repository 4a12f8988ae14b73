#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "jobs/steering/clamp.hpp"
#include "jobs/steering/clean_start.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// A vector [d_model] and the block on whose output it acts.
struct LayerVector {
  std::int64_t layer = 0;
  at::Tensor vector;
};

// One steering of every item: `vector` [d_model] acts with `multiplier`
// (operations.hpp) on the output of block `layer` at the item's steered
// positions; and so does, at each of them, what acts together with it.
struct Steering {
  std::int64_t layer = 0;
  at::Tensor vector;
  double multiplier = 0;
  SignRule sign_rule = SignRule::fixed;
  Operation operation = Operation::add;
  std::vector<LayerVector> further = {};       // on higher layers, ascending
  std::optional<ClampedFeature> feature = {};  // of clamp, whose vector it is
};

// Whether a steering has no effect on an item: the clean pass answers it then.
inline bool is_clean(const ContrastTokens& item, const Steering& steering) {
  return steering.multiplier == 0 || steered_rows(item) <= 0;
}

// The multiplier with the sign that the rule gives it for this item: as if the
// vector were turned round. Projected out, -v does what v does.
inline double signed_multiplier(const ContrastTokens& item,
                                const Steering& steering) {
  return steering.sign_rule == SignRule::matching_letter &&
                 steering.operation != Operation::project_out
             ? steering.multiplier * item.letter_sign
             : steering.multiplier;
}

}  // namespace coxswain::jobs
