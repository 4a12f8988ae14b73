#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "jobs/model/attention_groups.hpp"
#include "jobs/model/padded_attention.hpp"
#include "jobs/model/row_operations.hpp"

namespace coxswain::jobs {

// Which rows see which, the same in all blocks of a pass: made once, for
// streams of one kind on one device.
class AttentionLayout {
 public:
  // For passes of `rows` own rows; `windows` are those of the blocks that it
  // serves.
  AttentionLayout(std::vector<AttentionGroup> groups, std::int64_t rows,
                  const std::vector<std::int64_t>& windows,
                  const at::TensorOptions& stream);

  const std::vector<AttentionGroup>& groups() const { return groups_; }
  // The groups padded for tensor operations; undefined on a processor.
  const PaddedGroups& padded() const { return padded_; }

 private:
  std::vector<AttentionGroup> groups_;
  PaddedGroups padded_;
};

// Grouped-query attention of own rows over the seen ones. Rows of no group,
// and those that are not to be computed, are left as they happen to be.
// -> [n, n_heads * d_head] of the stream kind
at::Tensor attend(const Projections& own, const KeyRows& seen,
                  const AttentionLayout& layout, const AttentionRule& rule);

}  // namespace coxswain::jobs
