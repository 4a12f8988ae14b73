#include "jobs/model/padded_attention.hpp"

#include <ATen/ATen.h>
#include <torch/version.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>
#include <tuple>

#include "jobs/device/device_memory.hpp"

namespace coxswain::jobs {
namespace {

// What padding may add to the scores of a batch, and what is too little to be
// worth an operation of its own. Constants of the version.
constexpr double kPadding = 1.5;
constexpr std::int64_t kSmallScores = 16384;

// A group, or some of its cells.
struct Piece {
  const AttentionGroup* group = nullptr;
  std::int64_t first_cell = 0, cells = 0, seen = 0;

  std::int64_t queries() const {
    assert(group->read_from < group->rows);
    return group->rows - group->read_from;
  }
};

// What pieces of a batch are padded to.
struct Extent {
  std::int64_t cells = 0, rows = 0, queries = 0, seen = 0;

  Extent with(const Piece& piece) const {
    return {std::max(cells, piece.cells), std::max(rows, piece.group->rows),
            std::max(queries, piece.queries()), std::max(seen, piece.seen)};
  }
  std::int64_t scores() const { return cells * queries * (seen + rows); }
};

std::vector<Piece> pieces_of(const std::vector<AttentionGroup>& groups) {
  std::vector<Piece> pieces;
  for (const AttentionGroup& group : groups) {
    Piece piece{&group, 0, 1, 0};
    for (const RowRange& range : group.seen) piece.seen += range.n;
    const std::int64_t at_once = std::max<std::int64_t>(
        1, kScoresAtOnce /
               std::max<std::int64_t>(1, Extent{}.with(piece).scores()));
    const std::int64_t cells = std::ssize(group.cells);
    for (; piece.first_cell < cells; piece.first_cell += at_once) {
      piece.cells = std::min(at_once, cells - piece.first_cell);
      pieces.push_back(piece);
    }
  }
  // Pieces that are alike stand beside each other: little padding then.
  std::ranges::stable_sort(pieces, {}, [](const Piece& piece) {
    return std::tuple(piece.cells, piece.queries(), piece.group->rows,
                      piece.seen);
  });
  return pieces;
}

// Where the batch ends that begins with piece `first`.
std::size_t end_of_batch(const std::vector<Piece>& pieces, std::size_t first,
                         Extent& extent) {
  assert(first < pieces.size());
  extent = Extent{}.with(pieces[first]);
  std::int64_t own = extent.scores();
  std::size_t last = first + 1;
  for (; last < pieces.size(); ++last) {
    const Extent wider = extent.with(pieces[last]);
    own += Extent{}.with(pieces[last]).scores();
    const std::int64_t padded =
        static_cast<std::int64_t>(last - first + 1) * wider.scores();
    const auto most =
        static_cast<std::int64_t>(kPadding * static_cast<double>(own));
    if (padded > kScoresAtOnce || padded > std::max(kSmallScores, most)) break;
    extent = wider;
  }
  return last;
}

// Lays out one batch: which rows it gathers, and who sees whom.
class BatchMaker {
 public:
  BatchMaker(std::span<const Piece> pieces, const Extent& extent)
      : pieces_(pieces), extent_(extent) {}

  // One batch; sets the `places` of own rows that it computes, from
  // `first_place` on.
  PaddedBatch make(const std::vector<std::int64_t>& windows,
                   const at::TensorOptions& stream, std::int64_t first_place,
                   std::vector<std::int64_t>& places) {
    const std::int64_t n = std::ssize(pieces_);
    std::vector<std::int64_t> query_rows(
        size(n * extent_.cells * extent_.queries));
    std::vector<std::int64_t> own_rows(size(n * extent_.cells * extent_.rows));
    std::vector<std::int64_t> seen_rows(size(n * extent_.seen));
    for (std::int64_t g = 0; g < n; ++g) {
      const Piece& piece = pieces_[size(g)];
      for (std::int64_t c = 0; c < piece.cells; ++c) {
        const std::int64_t cell = g * extent_.cells + c;
        const std::int64_t row = piece.group->cells[size(piece.first_cell + c)];
        for (std::int64_t r = 0; r < piece.group->rows; ++r) {
          own_rows[size(cell * extent_.rows + r)] = row + r;
        }
        for (std::int64_t q = 0; q < piece.queries(); ++q) {
          const std::int64_t place = cell * extent_.queries + q;
          const std::int64_t own = row + piece.group->read_from + q;
          query_rows[size(place)] = own;
          assert(size(own) < places.size());
          places[size(own)] = first_place + place;
        }
      }
      std::int64_t at = g * extent_.seen;
      for (const RowRange& range : piece.group->seen) {
        for (std::int64_t i = 0; i < range.n; ++i) {
          seen_rows[size(at++)] = range.first + i;
        }
      }
    }
    const at::Device device = stream.device();
    PaddedBatch batch{n,
                      extent_.cells,
                      extent_.rows,
                      extent_.queries,
                      extent_.seen,
                      placed(query_rows, device),
                      placed(own_rows, device),
                      placed(seen_rows, device),
                      {}};
    for (const std::int64_t window : windows) {
      at::Tensor& mask = batch.masks[window];
      if (!mask.defined()) mask = mask_of(window, stream);
    }
    return batch;
  }

 private:
  static std::size_t size(std::int64_t n) {
    return static_cast<std::size_t>(n);
  }

  // 0 where a query sees a key, -infinity where not. Padded keys are seen by no
  // query that anybody reads; padded queries may see nothing, and are no
  // numbers then.
  at::Tensor mask_of(std::int64_t window, const at::TensorOptions& stream) {
    std::vector<std::int64_t> seen, read_from;
    for (const Piece& piece : pieces_) {
      seen.push_back(piece.seen);
      read_from.push_back(piece.group->read_from);
    }
    const at::Device device = stream.device();
    const auto counted = [&](std::int64_t n) {
      return at::arange(n, at::TensorOptions(device).dtype(at::kLong));
    };
    const auto by_group = [&](const std::vector<std::int64_t>& numbers) {
      return placed(numbers, device).view({-1, 1, 1});
    };
    const at::Tensor n_seen = by_group(seen);
    const at::Tensor row =  // of its cell, [groups, queries, 1]
        by_group(read_from) + counted(extent_.queries).unsqueeze(1);
    const at::Tensor key = counted(extent_.seen), own = counted(extent_.rows);
    at::Tensor sees_key = (key < n_seen).expand({-1, extent_.queries, -1});
    at::Tensor sees_own = own <= row;
    if (window > 0) {
      sees_key = sees_key.logical_and(n_seen + row - key < window);
      sees_own = sees_own.logical_and(row - own < window);
    }
    const at::Tensor hidden = at::cat({sees_key, sees_own}, 2).logical_not();
    return at::zeros(hidden.sizes(), stream)
        .masked_fill_(hidden, -std::numeric_limits<double>::infinity())
        .view({hidden.size(0), 1, 1, extent_.queries, -1});
  }

  std::span<const Piece> pieces_;
  const Extent& extent_;
};

// What one batch computes with, gathered: G groups, C cells, Q queries, S + R
// keys, K key heads, each of which H query heads share.
struct Gathered {
  at::Tensor queries;                 // [G, K, C, H, Q, d]
  at::Tensor seen_keys, seen_values;  // [G, K, S, d]
  at::Tensor own_keys, own_values;    // [G, K, C, R, d]
};

Gathered gather(const Projections& own, const KeyRows& seen,
                const PaddedBatch& b) {
  const std::int64_t d = own.keys.size(2), kv = own.keys.size(1);
  const auto of_seen = [&](const at::Tensor& all) {
    return all.index_select(0, b.seen_rows)
        .view({b.groups, b.seen, kv, d})
        .transpose(1, 2)
        .contiguous();
  };
  const auto of_own = [&](const at::Tensor& all) {
    return all.index_select(0, b.own_rows)
        .view({b.groups, b.cells, b.rows, kv, d})
        .permute({0, 3, 1, 2, 4})
        .contiguous();
  };
  return {own.queries.index_select(0, b.query_rows)
              .view({b.groups, b.cells, b.queries, kv, -1, d})
              .permute({0, 3, 1, 4, 2, 5})
              .contiguous(),
          of_seen(seen.keys), of_seen(seen.values), of_own(own.keys),
          of_own(own.values)};
}

// Attention written out: the shared keys in one product for all cells of a
// group, each cell's own in another. -> [G, K, C, H, Q, d]
at::Tensor explicitly(const Gathered& x, const PaddedBatch& b,
                      const AttentionRule& rule) {
  const std::int64_t d = x.queries.size(-1), sharing = x.queries.size(3);
  const std::int64_t groups = b.groups * x.queries.size(1);
  const std::int64_t of_cell = sharing * b.queries, keys = b.seen + b.rows;
  const auto by_group = [&](const at::Tensor& all, std::int64_t n) {
    return all.view({groups, b.cells * of_cell, n});
  };
  const auto by_cell = [&](const at::Tensor& all, std::int64_t n) {
    return all.view({groups * b.cells, of_cell, n});
  };
  const at::Tensor seen_keys = x.seen_keys.view({groups, b.seen, d});
  const at::Tensor seen_values = x.seen_values.view({groups, b.seen, d});
  const at::Tensor own_keys = x.own_keys.view({groups * b.cells, b.rows, d});
  const at::Tensor own_values =
      x.own_values.view({groups * b.cells, b.rows, d});
  const at::Tensor to_seen =
      at::bmm(by_group(x.queries, d), seen_keys.transpose(1, 2));
  const at::Tensor to_own =
      at::bmm(by_cell(x.queries, d), own_keys.transpose(1, 2));
  at::Tensor scores = at::cat({to_seen, by_group(to_own, b.rows)}, 2);
  // Capped before the mask: tanh would make a finite number of minus infinity.
  if (rule.softcap > 0) scores.div_(rule.softcap).tanh_().mul_(rule.softcap);
  scores.view({b.groups, -1, b.cells * sharing, b.queries, keys})
      .add_(b.masks.at(rule.window));
  const at::Tensor shares = at::softmax(scores, -1);
  const at::Tensor of_seen = at::bmm(shares.narrow(2, 0, b.seen), seen_values);
  const at::Tensor own_shares =
      shares.narrow(2, b.seen, b.rows)
          .reshape({groups * b.cells, of_cell, b.rows});
  return at::baddbmm(by_cell(of_seen, d), own_shares, own_values)
      .view(x.queries.sizes());
}

bool can_be_fused(const PaddedBatch& b, const AttentionRule& rule) {
  assert(b.masks.contains(rule.window) && "a window of the layout");
  return TORCH_VERSION_MAJOR >= 2 && b.cells == 1 && b.queries > 1 &&
         rule.softcap == 0;
}

// The library's attention, of queries that are scaled already.
at::Tensor library_attention(const at::Tensor& queries, const at::Tensor& keys,
                             const at::Tensor& values, const at::Tensor& mask) {
#if TORCH_VERSION_MAJOR >= 2
  return at::scaled_dot_product_attention(queries, keys, values, mask, 0.0,
                                          false, /*scale=*/1.0);
#else
  return at::softmax(queries.matmul(keys.transpose(-2, -1)) + mask, -1)
      .matmul(values);
#endif
}

// Attention of groups of one cell by the library. -> [G, K, 1, H, Q, d]
at::Tensor fused(const Gathered& x, const PaddedBatch& b,
                 const AttentionRule& rule) {
  const std::int64_t d = x.queries.size(-1), sharing = x.queries.size(3);
  const std::int64_t heads = x.queries.size(1) * sharing;
  const auto all_keys = [&](const at::Tensor& seen, const at::Tensor& own) {
    return at::cat({seen, own.squeeze(2)}, 2)
        .unsqueeze(2)
        .expand({-1, -1, sharing, -1, -1})
        .reshape({b.groups, heads, -1, d});
  };
  return library_attention(x.queries.view({b.groups, heads, b.queries, d}),
                           all_keys(x.seen_keys, x.own_keys),
                           all_keys(x.seen_values, x.own_values),
                           b.masks.at(rule.window).squeeze(2))
      .reshape(x.queries.sizes());
}

}  // namespace

PaddedGroups pad(const std::vector<AttentionGroup>& groups, std::int64_t rows,
                 const std::vector<std::int64_t>& windows,
                 const at::TensorOptions& stream) {
  const std::vector<Piece> pieces = pieces_of(groups);
  PaddedGroups all;
  std::vector<std::int64_t> places(static_cast<std::size_t>(rows));
  std::int64_t queries = 0;
  for (std::size_t first = 0; first < pieces.size();) {
    Extent extent;
    const std::size_t last = end_of_batch(pieces, first, extent);
    BatchMaker maker({pieces.begin() + static_cast<std::ptrdiff_t>(first),
                      pieces.begin() + static_cast<std::ptrdiff_t>(last)},
                     extent);
    all.batches.push_back(maker.make(windows, stream, queries, places));
    queries += all.batches.back().query_rows.numel();
    first = last;
  }
  all.places = placed(places, stream.device());
  return all;
}

at::Tensor attend_padded(const Projections& own, const KeyRows& seen,
                         const PaddedGroups& groups, const AttentionRule& rule,
                         AttentionForm form) {
  const std::int64_t width = own.queries.size(1) * own.queries.size(2);
  std::vector<at::Tensor> parts;
  for (const PaddedBatch& batch : groups.batches) {
    const Gathered x = gather(own, seen, batch);
    const at::Tensor part =
        form == AttentionForm::fused_where_it_can && can_be_fused(batch, rule)
            ? fused(x, batch, rule)
            : explicitly(x, batch, rule);
    parts.push_back(part.permute({0, 2, 4, 1, 3, 5}).reshape({-1, width}));
  }
  // Gathered, not scattered: the same bits each time, without sorting.
  return at::cat(parts).index_select(0, groups.places);
}

}  // namespace coxswain::jobs
