#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <vector>

#include "jobs/model/attention_groups.hpp"
#include "jobs/model/row_operations.hpp"

namespace coxswain::jobs {

// Attention by tensor operations, for GPUs: an operation takes
// many groups at once, padded to the same numbers of cells, rows and keys,
// since starting one costs as much there as computing thousands of rows.

// Scores of an operation, for each head: more cells or groups than that are
// taken in turn. A constant of the version.
constexpr std::int64_t kScoresAtOnce = std::int64_t{1} << 22;

// Groups of about the same shape: `groups` of them, of `cells` cells of `rows`
// rows, of which the last `queries` are computed, over `seen` keys.
struct PaddedBatch {
  std::int64_t groups = 0, cells = 0, rows = 0, queries = 0, seen = 0;
  at::Tensor query_rows;  // [groups * cells * queries] i64, of own rows
  at::Tensor own_rows;    // [groups * cells * rows] i64, of own rows
  at::Tensor seen_rows;   // [groups * seen] i64, of seen rows
  // By window, [groups, 1, 1, queries, seen + rows]: 0 where a query sees a
  // key, -infinity where it does not.
  std::map<std::int64_t, at::Tensor> masks;
};

// All groups of a pass, laid out on the stream's device.
struct PaddedGroups {
  std::vector<PaddedBatch> batches;
  // Where each own row stands in the batches' queries laid end to end; 0 for
  // those that nobody computes. [n] i64
  at::Tensor places;
};

// Lays out groups for passes of `rows` own rows; `windows` are those that rules
// will have.
PaddedGroups pad(const std::vector<AttentionGroup>& groups, std::int64_t rows,
                 const std::vector<std::int64_t>& windows,
                 const at::TensorOptions& stream);

// The library's own attention, in one pass over the keys, is for groups of one
// cell (prompts), and for scores without a soft-cap; since libtorch 2.0.
enum class AttentionForm { written_out, fused_where_it_can };

at::Tensor attend_padded(const Projections& own, const KeyRows& seen,
                         const PaddedGroups& groups, const AttentionRule& rule,
                         AttentionForm form);

}  // namespace coxswain::jobs
