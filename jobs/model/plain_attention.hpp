#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "jobs/model/attention_groups.hpp"
#include "jobs/model/row_operations.hpp"

namespace coxswain::jobs {

// Attention of float64 rows on a processor, one query at a time: what a query
// sees decides its bits, not what else is in the pass. Rows as attend() has
// them.
at::Tensor attend_plainly(const Projections& own, const KeyRows& seen,
                          const std::vector<AttentionGroup>& groups,
                          const AttentionRule& rule);

}  // namespace coxswain::jobs
