#pragma once

#include <ATen/core/Tensor.h>

#include <cassert>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Positions of an item that are steered; none if not positive.
inline std::int64_t steered_rows(const ContrastTokens& item) {
  return std::ssize(item.shared) - item.steer_from;
}

// What one clean pass over items leaves for cells that are steered behind some
// layers to go on from.
class CleanStart {
 public:
  CleanStart(const Transformer& model, const std::vector<ContrastTokens>& items,
             const std::set<std::int64_t>& layers);

  // resid_post of a steered layer at the steered positions of all items, on the
  // layer's device, [n_rows, d_model]
  const at::Tensor& residual(std::int64_t layer) const;
  // The first of an item's rows there, steered_rows() of them.
  std::int64_t row(std::size_t item) const {
    assert(item < first_.size());
    return first_[item];
  }
  // Keys and values of all positions, in a block above one of the layers.
  const KeyRows& keys(std::int64_t block) const { return caches_.at(block); }
  // An item's positions before the steered ones, there.
  std::vector<RowRange> before_steering(std::size_t item) const;
  // What the unsteered answers are read from, [n_items, d_model].
  const at::Tensor& answers() const { return answers_; }

 private:
  const std::vector<ContrastTokens>& items_;
  PackedPrompts prompts_;
  std::vector<std::int64_t> first_;            // wanted row of each item
  std::map<std::int64_t, at::Tensor> starts_;  // by layer, the wanted rows
  std::map<std::int64_t, KeyRows> caches_;     // by block, all rows
  at::Tensor answers_;
};

}  // namespace coxswain::jobs
