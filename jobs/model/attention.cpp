#include "jobs/model/attention.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "jobs/model/kernel_call.hpp"

namespace coxswain::jobs {
namespace {

// Queries of one head that a thread takes at a time, about.
constexpr std::int64_t kQueriesAtOnce = 384;
// Own keys of one call by tensors: more cells see more that is masked.
constexpr std::int64_t kOwnKeys = 128;

class ByKernel {
 public:
  ByKernel(const Projections& own, const std::vector<AttentionGroup>& groups,
           const AttentionRule& rule, const at::Tensor& out)
      : spans_(groups.size()) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      add(own, groups[g], rule, out, spans_[g]);
    }
  }

  // Pieces are taken as threads come by them: prompts differ in length.
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
  struct Piece {
    std::size_t attention;
    std::int64_t kv_head, begin, end;  // cells
  };

  void add(const Projections& own, const AttentionGroup& group,
           const AttentionRule& rule, const at::Tensor& out,
           std::vector<KeySpan>& spans) {
    for (const KeyRange& range : group.seen) {
      spans.push_back({numbers<float>(range.keys), numbers<float>(range.values),
                       range.keys.size(0)});
    }
    CellAttention one{};
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

at::Tensor positions(std::int64_t from, std::int64_t to) {
  return at::arange(from, to, at::kLong);
}

// [cells * queries, seen + cells * rows]: 0 where a query sees a key, -infinity
// where it does not. Queries are the rows [read_from, rows) of each cell.
at::Tensor mask(std::int64_t seen, std::int64_t cells,
                const AttentionGroup& group, std::int64_t window) {
  const std::int64_t rows = group.rows, queries = rows - group.read_from;
  const at::Tensor query =
      positions(seen + group.read_from, seen + rows).unsqueeze(1);
  at::Tensor distance = query - positions(0, seen + rows);
  at::Tensor visible = distance >= 0;
  if (window > 0) visible = visible.logical_and(distance < window);
  at::Tensor all =
      at::zeros({cells * queries, seen + cells * rows}, visible.options());
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    at::Tensor of_cell = all.narrow(0, cell * queries, queries);
    of_cell.narrow(1, 0, seen).copy_(visible.narrow(1, 0, seen));
    of_cell.narrow(1, seen + cell * rows, rows)
        .copy_(visible.narrow(1, seen, rows));
  }
  return at::zeros(all.sizes(), at::kDouble)
      .masked_fill_(all.logical_not(),
                    -std::numeric_limits<double>::infinity());
}

// n queries over m keys, all heads.
at::Tensor attend_masked(const at::Tensor& queries, const at::Tensor& keys,
                         const at::Tensor& values, const at::Tensor& mask,
                         double softcap) {
  const std::int64_t n = queries.size(0), m = keys.size(0);
  const std::int64_t kv = keys.size(1), d_head = queries.size(2);
  const std::int64_t group = queries.size(1) / kv;
  // The query heads that share a key head go through one product.
  const at::Tensor grouped = queries.view({n, kv, group, d_head})
                                 .permute({1, 2, 0, 3})
                                 .reshape({kv, group * n, d_head});
  at::Tensor scores = at::bmm(grouped, keys.permute({1, 2, 0}));
  if (softcap > 0) scores.div_(softcap).tanh_().mul_(softcap);
  scores.view({kv, group, n, m}).add_(mask);
  return at::bmm(at::softmax(scores, -1), values.transpose(0, 1))
      .view({kv, group, n, d_head})
      .permute({2, 0, 1, 3})
      .reshape({n, kv * group * d_head});
}

// A few cells at a time see the shared keys and, through a mask, each its own
// rows: one product instead of one per cell.
void attend_by_tensors(const Projections& own, const AttentionGroup& group,
                       const AttentionRule& rule, at::Tensor out) {
  std::vector<at::Tensor> keys, values;
  std::int64_t seen = 0;
  for (const KeyRange& range : group.seen) {
    keys.push_back(range.keys);
    values.push_back(range.values);
    seen += range.keys.size(0);
  }
  const std::size_t shared = keys.size();
  const std::int64_t n_cells = std::ssize(group.cells);
  const std::int64_t at_once = std::max<std::int64_t>(1, kOwnKeys / group.rows);
  for (std::int64_t cell = 0; cell < n_cells; cell += at_once) {
    const std::int64_t cells = std::min(at_once, n_cells - cell);
    std::vector<std::int64_t> rows, queries;
    for (std::int64_t c = cell; c < cell + cells; ++c) {
      for (std::int64_t row = 0; row < group.rows; ++row) {
        rows.push_back(group.cells[static_cast<std::size_t>(c)] + row);
        if (row >= group.read_from) queries.push_back(rows.back());
      }
    }
    keys.resize(shared);
    values.resize(shared);
    const at::Device device = own.keys.device();
    const at::Tensor row = at::tensor(rows, at::kLong).to(device);
    const at::Tensor query = at::tensor(queries, at::kLong).to(device);
    keys.push_back(own.keys.index_select(0, row));
    values.push_back(own.values.index_select(0, row));
    out.index_copy_(0, query,
                    attend_masked(own.queries.index_select(0, query),
                                  at::cat(keys), at::cat(values),
                                  mask(seen, cells, group, rule.window)
                                      .to(device, own.queries.scalar_type()),
                                  rule.softcap));
  }
}

}  // namespace

at::Tensor attend(const Projections& own,
                  const std::vector<AttentionGroup>& groups,
                  const AttentionRule& rule) {
  const at::Tensor out = at::empty(
      {own.queries.size(0), own.queries.size(1) * own.queries.size(2)},
      own.keys.options());
  if (has_kernels(own.keys)) {
    ByKernel(own, groups, rule, out).run();
  } else {
    for (const AttentionGroup& group : groups) {
      attend_by_tensors(own, group, rule, out);
    }
  }
  return out;
}

}  // namespace coxswain::jobs
