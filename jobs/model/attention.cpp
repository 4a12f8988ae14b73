#include "jobs/model/attention.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cassert>

#include "jobs/model/kernel_call.hpp"
#include "jobs/model/plain_attention.hpp"

namespace coxswain::jobs {
namespace {

// Queries of one head that a thread takes at a time, about.
constexpr std::int64_t kQueriesAtOnce = 384;

// Attention of all groups of a pass by kernels, cut into pieces for threads.
class ByKernel {
 public:
  ByKernel(const Projections& own, const KeyRows& seen,
           const std::vector<AttentionGroup>& groups, const AttentionRule& rule,
           const at::Tensor& out)
      : spans_(groups.size()) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for (const RowRange& range : groups[g].seen) {
        spans_[g].push_back(span(seen, range));
      }
      add(own, groups[g], rule, out, spans_[g]);
    }
  }

  // Computes all pieces, which threads take as they come by them: prompts
  // differ in length.
  void run() {
    std::atomic<std::size_t> next = 0;
    at::parallel_for(
        0, at::get_num_threads(), 1, [&](std::int64_t, std::int64_t) {
          for (std::size_t i = next++; i < pieces_.size(); i = next++) {
            const Piece& piece = pieces_[i];
            kernels().attend(attentions_[piece.attention], piece.kv_head,
                             piece.begin, piece.end);
          }
        });
  }

 private:
  // Some cells of one group and one key head: what a thread takes at a time.
  struct Piece {
    std::size_t attention;
    std::int64_t kv_head, begin, end;  // cells
  };

  static KeySpan span(const KeyRows& seen, const RowRange& range) {
    assert(range.first >= 0 && range.n >= 0);
    assert(range.first + range.n <= seen.keys.size(0));
    const std::int64_t skipped =
        range.first * seen.keys.size(1) * seen.keys.size(2);
    return {numbers<float>(seen.keys) + skipped,
            numbers<float>(seen.values) + skipped, range.n};
  }

  void add(const Projections& own, const AttentionGroup& group,
           const AttentionRule& rule, const at::Tensor& out,
           const std::vector<KeySpan>& spans) {
    CellAttention one{};
    assert(0 <= group.read_from && group.read_from < group.rows);
    assert(own.queries.size(1) % own.keys.size(1) == 0);
    assert(std::ranges::all_of(group.cells, [&](std::int64_t cell) {
      return 0 <= cell && cell + group.rows <= own.keys.size(0);
    }));
    one.heads = own.queries.size(1);
    one.kv_heads = own.keys.size(1);
    one.d_head = own.queries.size(2);
    one.window = rule.window;
    one.softcap = static_cast<float>(rule.softcap);
    one.spans = spans.data();
    one.n_spans = std::ssize(spans);
    one.queries = numbers<float>(own.queries);
    one.keys = numbers<float>(own.keys);
    one.values = numbers<float>(own.values);
    one.cells = group.cells.data();
    one.rows = group.rows;
    one.read_from = group.read_from;
    one.out = numbers<float>(out);
    // Only rows that are computed count: in the last block most are not.
    const std::int64_t of_cell =
        (group.rows - group.read_from) * (one.heads / one.kv_heads);
    const std::int64_t cells =
        std::max<std::int64_t>(1, kQueriesAtOnce / of_cell);
    for (std::int64_t head = 0; head < one.kv_heads; ++head) {
      for (std::int64_t at = 0; at < std::ssize(group.cells); at += cells) {
        pieces_.push_back({attentions_.size(), head, at,
                           std::min(at + cells, std::ssize(group.cells))});
      }
    }
    attentions_.push_back(one);
  }

  std::vector<std::vector<KeySpan>> spans_;  // by group
  std::vector<CellAttention> attentions_;    // by group
  std::vector<Piece> pieces_;
};

}  // namespace

AttentionLayout::AttentionLayout(std::vector<AttentionGroup> groups,
                                 std::int64_t rows,
                                 const std::vector<std::int64_t>& windows,
                                 const at::TensorOptions& stream)
    : groups_(std::move(groups)) {
  if (!stream.device().is_cpu()) padded_ = pad(groups_, rows, windows, stream);
}

at::Tensor attend(const Projections& own, const KeyRows& seen,
                  const AttentionLayout& layout, const AttentionRule& rule) {
  if (!own.keys.is_cpu()) {
    return attend_padded(own, seen, layout.padded(), rule,
                         own.keys.is_cuda() ? AttentionForm::fused_where_it_can
                                            : AttentionForm::written_out);
  }
  if (!has_kernels(own.keys)) {
    return attend_plainly(own, seen, layout.groups(), rule);
  }
  const at::Tensor out = at::empty(
      {own.queries.size(0), own.queries.size(1) * own.queries.size(2)},
      own.keys.options());
  ByKernel(own, seen, layout.groups(), rule, out).run();
  return out;
}

}  // namespace coxswain::jobs
