#include "jobs/steering/steered_cells.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <map>

#include "jobs/model/attention.hpp"
#include "jobs/steering/clean_pass.hpp"

namespace coxswain::jobs {
namespace {

std::int64_t steered_rows(const ContrastTokens& item) {
  return std::ssize(item.shared) - item.steer_from;
}

// A cell without an effect: the clean pass answers it.
bool is_clean(const ContrastTokens& item, const Steering& steering) {
  return steering.multiplier == 0 || steered_rows(item) <= 0;
}

double signed_multiplier(const ContrastTokens& item, const Steering& steering) {
  return steering.sign_rule == SignRule::matching_letter
             ? steering.multiplier * item.letter_sign
             : steering.multiplier;
}

// The cells of one item that enter behind one layer: rows [first, first +
// n_cells * n_rows) of the batch, cell by cell.
struct Segment {
  std::size_t item = 0;
  std::int64_t layer = 0;
  std::int64_t first = 0;
  std::int64_t n_rows = 0;  // steered positions, the last one predicts
  std::vector<std::size_t> steerings;
};

// Keys and values of all positions of the clean pass in one block.
struct Cache {
  at::Tensor keys, values;  // [n, n_kv_heads, d_head]
};

class CellBatch {
 public:
  CellBatch(const Transformer& model, const std::vector<ContrastTokens>& items,
            const std::vector<Steering>& steerings)
      : model_(model), items_(items), steerings_(steerings) {
    lay_out();
  }

  Answers run() {
    const std::int64_t n_layers = model_.architecture().n_layers;
    const PackedPrompts prompts(items_, PackedPrompts::Siblings::none);
    starts_ = prompts.starts;
    const at::Tensor last =
        clean_pass(model_, prompts, n_layers - 1,
                   [&](const BlockState& state) { keep(state); });
    for (std::int64_t block = 0; block < n_layers; ++block) {
      if (active_ > 0) advance(block);
      enter(block);
    }
    return read_out(last);
  }

 private:
  // Segments ordered by layer, so that the cells under way are always the
  // first rows of the batch.
  void lay_out() {
    std::map<std::int64_t, std::vector<std::size_t>> by_layer;
    for (std::size_t s = 0; s < steerings_.size(); ++s) {
      if (steerings_[s].multiplier != 0) {
        by_layer[steerings_[s].layer].push_back(s);
      }
    }
    for (const auto& [layer, steerings] : by_layer) {
      for (std::size_t item = 0; item < items_.size(); ++item) {
        const std::int64_t n_rows = steered_rows(items_[item]);
        if (n_rows <= 0) continue;
        segments_.push_back({item, layer, total_, n_rows, steerings});
        total_ += n_rows * std::ssize(steerings);
      }
    }
    batch_ = at::empty({total_, model_.architecture().d_model},
                       at::TensorOptions().dtype(model_.stream()));
    std::vector<std::int64_t> positions;
    for (const Segment& segment : segments_) {
      for (std::size_t cell = 0; cell < segment.steerings.size(); ++cell) {
        for (std::int64_t row = 0; row < segment.n_rows; ++row) {
          positions.push_back(items_[segment.item].steer_from + row);
        }
      }
    }
    rotation_ = model_.rotation(at::tensor(positions, at::kLong));
    if (!segments_.empty()) first_layer_ = segments_.front().layer;
  }

  // Of the clean pass: keys and values above the first steered layer, and the
  // rows that cells start from.
  void keep(const BlockState& state) {
    if (segments_.empty()) return;
    if (state.block > first_layer_) {
      // Copies: the projections are views that would keep all of a block's
      // queries and rotated heads in memory.
      caches_[state.block] = {state.projections.keys.contiguous(),
                              state.projections.values.contiguous()};
    }
    for (const Segment& segment : segments_) {
      if (segment.layer != state.block) continue;
      const ContrastTokens& item = items_[segment.item];
      const at::Tensor clean = state.residual.narrow(
          0, starts_[segment.item] + item.steer_from, segment.n_rows);
      for (std::size_t cell = 0; cell < segment.steerings.size(); ++cell) {
        const Steering& steering = steerings_[segment.steerings[cell]];
        batch_
            .narrow(0,
                    segment.first +
                        static_cast<std::int64_t>(cell) * segment.n_rows,
                    segment.n_rows)
            .copy_(clean + steering.vector.to(model_.stream()) *
                               signed_multiplier(item, steering));
      }
    }
  }

  void enter(std::int64_t block) {
    for (const Segment& segment : segments_) {
      if (segment.layer == block) {
        active_ =
            segment.first + segment.n_rows * std::ssize(segment.steerings);
      }
    }
  }

  void advance(std::int64_t block) {
    const at::Tensor rows = batch_.narrow(0, 0, active_);
    const Projections own =
        model_.project(block, rows, rotation_.first(active_));
    std::vector<at::Tensor> attended;
    for (const Segment& segment : segments_) {
      if (segment.first < active_)
        attend_segment(block, segment, own, attended);
    }
    model_.finish_block(block, rows, at::cat(attended));
  }

  // A few cells at a time see the cached keys and, through a mask, each its
  // own rows: one product instead of one per cell.
  void attend_segment(std::int64_t block, const Segment& segment,
                      const Projections& own,
                      std::vector<at::Tensor>& attended) {
    const Cache& cache = caches_.at(block);
    const std::int64_t start = starts_[segment.item];
    const std::int64_t cached = items_[segment.item].steer_from;
    const std::int64_t n_cells = std::ssize(segment.steerings);
    const std::int64_t at_once =
        std::max<std::int64_t>(1, kOwnKeys / segment.n_rows);
    for (std::int64_t cell = 0; cell < n_cells; cell += at_once) {
      const std::int64_t cells = std::min(at_once, n_cells - cell);
      const std::int64_t first = segment.first + cell * segment.n_rows;
      const std::int64_t n = cells * segment.n_rows;
      const auto joined = [&](const at::Tensor& old, const at::Tensor& mine) {
        return at::cat(
            {old.narrow(0, start, cached), mine.narrow(0, first, n)});
      };
      attended.push_back(model_.attend(
          own.queries.narrow(0, first, n), joined(cache.keys, own.keys),
          joined(cache.values, own.values),
          mask({cached, cells, segment.n_rows,
                model_.architecture()
                    .windows[static_cast<std::size_t>(block)]})));
    }
  }

  // What decides a mask of attend_segment().
  struct MaskShape {
    std::int64_t cached, cells, n_rows, window;
    auto operator<=>(const MaskShape&) const = default;
  };

  // [cells * n_rows, cached + cells * n_rows]
  const at::Tensor& mask(const MaskShape& shape) {
    at::Tensor& mask = masks_[shape];
    if (mask.defined()) return mask;
    const auto [cached, cells, n_rows, window] = shape;
    const at::ScalarType kind = model_.stream();
    const auto positions = [](std::int64_t from, std::int64_t to) {
      return at::arange(from, to, at::kLong);
    };
    const at::Tensor queries = positions(cached, cached + n_rows);
    const at::Tensor others = at::full({cells * n_rows, cells * n_rows},
                                       -std::numeric_limits<double>::infinity(),
                                       at::TensorOptions().dtype(kind));
    const at::Tensor own = position_mask(queries, queries, window, kind);
    for (std::int64_t cell = 0; cell < cells; ++cell) {
      others.narrow(0, cell * n_rows, n_rows)
          .narrow(1, cell * n_rows, n_rows)
          .copy_(own);
    }
    const at::Tensor old =
        position_mask(queries, positions(0, cached), window, kind);
    mask = at::cat({old.repeat({cells, 1}), others}, 1);
    return mask;
  }

  Answers read_out(const at::Tensor& clean) {
    // One row a cell: first the items' clean ones, then the batch's.
    std::vector<at::Tensor> rows;
    std::vector<std::size_t> item_of;
    std::vector<std::vector<std::int64_t>> row_of(
        items_.size(), std::vector<std::int64_t>(steerings_.size()));
    for (std::size_t item = 0; item < items_.size(); ++item) {
      std::fill(row_of[item].begin(), row_of[item].end(), std::ssize(item_of));
      rows.push_back(clean.narrow(
          0, starts_[item] + std::ssize(items_[item].shared) - 1, 1));
      item_of.push_back(item);
    }
    for (const Segment& segment : segments_) {
      for (std::size_t cell = 0; cell < segment.steerings.size(); ++cell) {
        row_of[segment.item][segment.steerings[cell]] = std::ssize(item_of);
        rows.push_back(batch_.narrow(
            0,
            segment.first +
                (static_cast<std::int64_t>(cell) + 1) * segment.n_rows - 1,
            1));
        item_of.push_back(segment.item);
      }
    }
    return arrange(score(at::cat(rows), item_of), row_of);
  }

  // [n_rows, 3]: logits of both answers, log-sum-exp.
  at::Tensor score(const at::Tensor& rows,
                   const std::vector<std::size_t>& item_of) const {
    std::vector<std::int64_t> tokens;
    for (const std::size_t item : item_of) {
      tokens.push_back(items_[item].token_match);
      tokens.push_back(items_[item].token_other);
    }
    const at::Tensor wanted = at::tensor(tokens, at::kLong).view({-1, 2});
    std::vector<at::Tensor> scores;
    for (std::int64_t at_row = 0; at_row < rows.size(0);
         at_row += kReadOutRows) {
      const std::int64_t n = std::min(kReadOutRows, rows.size(0) - at_row);
      const Scores one =
          model_.score(rows.narrow(0, at_row, n), wanted.narrow(0, at_row, n));
      scores.push_back(at::cat({one.logits, one.log_sum_exp.unsqueeze(1)}, 1));
    }
    return at::cat(scores);
  }

  Answers arrange(const at::Tensor& scores,
                  const std::vector<std::vector<std::int64_t>>& row_of) const {
    std::vector<std::int64_t> order;
    for (const auto& row : row_of) {
      order.insert(order.end(), row.begin(), row.end());
    }
    const at::Tensor all =
        scores.index_select(0, at::tensor(order, at::kLong))
            .view({std::ssize(items_), std::ssize(steerings_), 3});
    return {all.select(2, 0).contiguous(), all.select(2, 1).contiguous(),
            all.select(2, 2).contiguous()};
  }

  const Transformer& model_;
  const std::vector<ContrastTokens>& items_;
  const std::vector<Steering>& steerings_;
  std::vector<Segment> segments_;
  std::int64_t total_ = 0;
  std::int64_t active_ = 0;
  std::int64_t first_layer_ = 0;
  at::Tensor batch_;   // [total, d_model]
  Rotation rotation_;  // of its rows
  std::vector<std::int64_t> starts_;
  std::map<std::int64_t, Cache> caches_;  // by block
  std::map<MaskShape, at::Tensor> masks_;
};

}  // namespace

Answers steer(const Transformer& model,
              const std::vector<ContrastTokens>& items,
              const std::vector<Steering>& steerings) {
  return CellBatch(model, items, steerings).run();
}

Answers steer_plainly(const Transformer& model,
                      const std::vector<ContrastTokens>& items,
                      const std::vector<Steering>& steerings) {
  const std::int64_t n_layers = model.architecture().n_layers;
  std::vector<at::Tensor> scores;
  for (const ContrastTokens& item : items) {
    const PackedPrompts prompt({item}, PackedPrompts::Siblings::none);
    const at::Tensor wanted =
        at::tensor(
            std::vector<std::int64_t>{item.token_match, item.token_other},
            at::kLong)
            .unsqueeze(0);
    for (const Steering& steering : steerings) {
      const at::Tensor last =
          clean_pass(model, prompt, n_layers - 1, [&](const BlockState& state) {
            if (state.block == steering.layer && !is_clean(item, steering)) {
              at::Tensor steered =
                  state.residual.narrow(0, item.steer_from, steered_rows(item));
              steered.add_(steering.vector.to(model.stream()) *
                           signed_multiplier(item, steering));
            }
          });
      const Scores one = model.score(last.slice(0, -1), wanted);
      scores.push_back(at::cat({one.logits[0], one.log_sum_exp}));
    }
  }
  const at::Tensor all =
      at::stack(scores).view({std::ssize(items), std::ssize(steerings), 3});
  return {all.select(2, 0), all.select(2, 1), all.select(2, 2)};
}

}  // namespace coxswain::jobs
