#include "jobs/steering/steered_cells.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>

#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/clean_start.hpp"

namespace coxswain::jobs {
namespace {

// A cell without an effect: the clean pass answers it.
bool is_clean(const ContrastTokens& item, const Steering& steering) {
  return steering.multiplier == 0 || steered_rows(item) <= 0;
}

double signed_multiplier(const ContrastTokens& item, const Steering& steering) {
  return steering.sign_rule == SignRule::matching_letter
             ? steering.multiplier * item.letter_sign
             : steering.multiplier;
}

// One item under one steering that has an effect.
struct Cell {
  std::size_t item, steering;
};

// The cells of one item that enter behind one layer: rows [first, first +
// n_cells * n_rows) of the batch, cell by cell.
struct Segment {
  std::size_t item = 0;
  std::int64_t layer = 0;
  std::int64_t first = 0;
  std::int64_t n_rows = 0;  // steered positions, the last one predicts
  std::vector<std::size_t> steerings;

  std::int64_t cell(std::int64_t i) const { return first + i * n_rows; }
  std::int64_t end() const { return cell(std::ssize(steerings)); }
};

// Cells that go up together: each starts behind its layer and computes its
// steered positions alone, against the clean pass's keys and values of the
// positions before them, which steering cannot change.
class CellBatch {
 public:
  CellBatch(const Transformer& model, const std::vector<ContrastTokens>& items,
            const std::vector<Steering>& steerings, const CleanStart& clean,
            const std::vector<Cell>& cells)
      : model_(model), items_(items), steerings_(steerings), clean_(clean) {
    lay_out(cells);
  }

  // What the answer is read from, [n_cells, d_model] in the order of cells().
  at::Tensor run() {
    const std::int64_t n_layers = model_.architecture().n_layers;
    at::Tensor answers;
    for (std::int64_t block = 0; block < n_layers; ++block) {
      if (active_ > 0) answers = advance(block, block == n_layers - 1);
      enter(block);
    }
    // Those that were steered behind the last block are read where they stand.
    std::vector<std::int64_t> rest;
    for (const Segment& segment : segments_) {
      if (segment.layer == n_layers - 1) read_rows(segment, rest);
    }
    const at::Tensor late = batch_.index_select(0, index_of(rest));
    return answers.defined() ? at::cat({answers, late}) : late;
  }

  std::vector<Cell> cells() const {
    std::vector<Cell> all;
    for (const Segment& segment : segments_) {
      for (const std::size_t steering : segment.steerings) {
        all.push_back({segment.item, steering});
      }
    }
    return all;
  }

 private:
  // Segments ordered by layer, so that the cells under way are always the
  // first rows of the batch.
  void lay_out(const std::vector<Cell>& cells) {
    std::map<std::pair<std::int64_t, std::size_t>, std::vector<std::size_t>>
        by_layer;
    for (const Cell& cell : cells) {
      by_layer[{steerings_[cell.steering].layer, cell.item}].push_back(
          cell.steering);
    }
    std::vector<std::int64_t> positions;
    for (const auto& [place, steerings] : by_layer) {
      const auto& [layer, item] = place;
      segments_.push_back({item, layer, std::ssize(positions),
                           steered_rows(items_[item]), steerings});
      for (std::size_t cell = 0; cell < steerings.size(); ++cell) {
        for (std::int64_t row = 0; row < segments_.back().n_rows; ++row) {
          positions.push_back(items_[item].steer_from + row);
        }
      }
    }
    batch_ =
        at::empty({std::ssize(positions), model_.architecture().d_model},
                  at::TensorOptions(model_.device()).dtype(model_.stream()));
    rotation_ = model_.rotation(at::tensor(positions, at::kLong));
  }

  // resid_post of the clean pass plus multiplier times vector.
  void enter(std::int64_t block) {
    for (const Segment& segment : segments_) {
      if (segment.layer != block) continue;
      std::vector<at::Tensor> vectors;
      std::vector<double> multipliers;
      for (const std::size_t steering : segment.steerings) {
        vectors.push_back(steerings_[steering].vector);
        multipliers.push_back(
            signed_multiplier(items_[segment.item], steerings_[steering]));
      }
      const at::Tensor pushes = (at::stack(vectors).to(model_.stream()) *
                                 at::tensor(multipliers, at::kDouble)
                                     .to(model_.stream())
                                     .unsqueeze(1))
                                    .to(model_.device());
      at::Tensor rows =
          batch_.narrow(0, segment.first, segment.end() - segment.first)
              .view({std::ssize(segment.steerings), segment.n_rows, -1});
      at::add_out(rows, clean_.residual(segment.item, block).unsqueeze(0),
                  pushes.unsqueeze(1));
      active_ = segment.end();
    }
  }

  // The cells under way through one block, in place; the last one only at the
  // rows that are read, which it gives back.
  at::Tensor advance(std::int64_t block, bool last) {
    const at::Tensor rows = batch_.narrow(0, 0, active_);
    const Projections own =
        model_.project(block, rows, rotation_.first(active_));
    const at::Tensor attended = model_.attend(block, own, groups(block, last));
    if (!last) {
      model_.finish_block(block, rows, attended);
      return {};
    }
    std::vector<std::int64_t> read;
    for (const Segment& segment : segments_) {
      if (segment.first < active_) read_rows(segment, read);
    }
    const at::Tensor index = index_of(read);
    const at::Tensor answers = rows.index_select(0, index);
    model_.finish_block(block, answers, attended.index_select(0, index));
    return answers;
  }

  at::Tensor index_of(const std::vector<std::int64_t>& rows) const {
    return at::tensor(rows, at::kLong).to(model_.device());
  }

  // An item's cells of all layers see the same keys.
  std::vector<AttentionGroup> groups(std::int64_t block, bool last) const {
    std::map<std::size_t, AttentionGroup> by_item;
    for (const Segment& segment : segments_) {
      if (segment.first >= active_) continue;
      AttentionGroup& group = by_item[segment.item];
      if (group.cells.empty()) {
        group.seen = clean_.before_steering(segment.item, block);
        group.rows = segment.n_rows;
        group.read_from = last ? segment.n_rows - 1 : 0;
      }
      for (std::int64_t i = 0; i < std::ssize(segment.steerings); ++i) {
        group.cells.push_back(segment.cell(i));
      }
    }
    std::vector<AttentionGroup> all;
    for (auto& [item, group] : by_item) all.push_back(std::move(group));
    return all;
  }

  static void read_rows(const Segment& segment,
                        std::vector<std::int64_t>& rows) {
    for (std::int64_t i = 0; i < std::ssize(segment.steerings); ++i) {
      rows.push_back(segment.cell(i) + segment.n_rows - 1);
    }
  }

  const Transformer& model_;
  const std::vector<ContrastTokens>& items_;
  const std::vector<Steering>& steerings_;
  const CleanStart& clean_;
  std::vector<Segment> segments_;
  std::int64_t active_ = 0;
  at::Tensor batch_;   // [n_rows, d_model]
  Rotation rotation_;  // of its rows
};

// All cells with an effect: item after item, from the lowest layer on.
std::vector<Cell> cells_of(const std::vector<ContrastTokens>& items,
                           const std::vector<Steering>& steerings) {
  std::vector<std::size_t> by_layer(steerings.size());
  for (std::size_t s = 0; s < by_layer.size(); ++s) by_layer[s] = s;
  std::ranges::stable_sort(by_layer, {},
                           [&](std::size_t s) { return steerings[s].layer; });
  std::vector<Cell> cells;
  for (std::size_t item = 0; item < items.size(); ++item) {
    for (const std::size_t s : by_layer) {
      if (!is_clean(items[item], steerings[s])) cells.push_back({item, s});
    }
  }
  return cells;
}

std::set<std::int64_t> layers_of(const std::vector<Steering>& steerings) {
  std::set<std::int64_t> layers;
  for (const Steering& one : steerings) {
    if (one.multiplier != 0) layers.insert(one.layer);
  }
  return layers;
}

// Puts what was read at rows of the stream where it belongs.
class Reading {
 public:
  Reading(const Transformer& model, const std::vector<ContrastTokens>& items,
          std::size_t n_steerings, Vocabulary vocabulary)
      : model_(model), items_(items), vocabulary_(vocabulary) {
    const auto empty = [&] {
      return at::empty(
          {std::ssize(items), static_cast<std::int64_t>(n_steerings)},
          at::TensorOptions().dtype(model.stream()));
    };
    answers_ = {empty(), empty(), {}};
    if (vocabulary == Vocabulary::summed) answers_.log_sum_exp = empty();
  }

  // The clean pass answers for every steering; cells overwrite theirs.
  void clean(const at::Tensor& rows) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < items_.size(); ++i) cells.push_back({i, 0});
    const Scores scores = score(rows, cells);
    answers_.match.copy_(
        scores.logits.narrow(1, 0, 1).expand_as(answers_.match));
    answers_.other.copy_(
        scores.logits.narrow(1, 1, 1).expand_as(answers_.other));
    if (scores.log_sum_exp.defined()) {
      answers_.log_sum_exp.copy_(
          scores.log_sum_exp.unsqueeze(1).expand_as(answers_.log_sum_exp));
    }
  }

  void cells(const at::Tensor& rows, const std::vector<Cell>& cells) {
    const Scores scores = score(rows, cells);
    std::vector<std::int64_t> item, steering;
    for (const Cell& cell : cells) {
      item.push_back(static_cast<std::int64_t>(cell.item));
      steering.push_back(static_cast<std::int64_t>(cell.steering));
    }
    const auto put = [&](at::Tensor& all, const at::Tensor& found) {
      all.index_put_(
          {at::tensor(item, at::kLong), at::tensor(steering, at::kLong)},
          found);
    };
    put(answers_.match, scores.logits.select(1, 0));
    put(answers_.other, scores.logits.select(1, 1));
    if (scores.log_sum_exp.defined()) {
      put(answers_.log_sum_exp, scores.log_sum_exp);
    }
  }

  Answers answers() const { return answers_; }

 private:
  Scores score(const at::Tensor& rows, const std::vector<Cell>& cells) const {
    std::vector<std::int64_t> tokens;
    for (const Cell& cell : cells) {
      tokens.push_back(items_[cell.item].token_match);
      tokens.push_back(items_[cell.item].token_other);
    }
    const at::Tensor wanted = at::tensor(tokens, at::kLong).view({-1, 2});
    std::vector<at::Tensor> logits, sums;
    for (std::int64_t at_row = 0; at_row < rows.size(0);
         at_row += kReadOutRows) {
      const std::int64_t n = std::min(kReadOutRows, rows.size(0) - at_row);
      const Scores one = model_.score(rows.narrow(0, at_row, n),
                                      wanted.narrow(0, at_row, n), vocabulary_);
      logits.push_back(one.logits);
      if (one.log_sum_exp.defined()) sums.push_back(one.log_sum_exp);
    }
    return {at::cat(logits), sums.empty() ? at::Tensor() : at::cat(sums)};
  }

  const Transformer& model_;
  const std::vector<ContrastTokens>& items_;
  Vocabulary vocabulary_;
  Answers answers_;
};

}  // namespace

std::size_t end_of_cells(std::span<const std::int64_t> rows,
                         std::size_t first) {
  std::int64_t total = 0;
  std::size_t last = first;
  do {
    total += rows[last++];
  } while (last < rows.size() && total + rows[last] <= kRowsPerBatch);
  return last;
}

Answers steer(const Transformer& model,
              const std::vector<ContrastTokens>& items,
              const std::vector<Steering>& steerings,
              const SteerOptions& options) {
  PhaseTimes nobodys;
  PhaseTimes& times = options.times != nullptr ? *options.times : nobodys;
  const auto timed = [&](const char* phase, const auto& work) {
    const PhaseTimer timer(times, phase);
    return work();
  };
  const CleanStart clean = timed("clean pass", [&] {
    return CleanStart(model, items, layers_of(steerings));
  });
  Reading reading(model, items, steerings.size(), options.vocabulary);
  timed("answers", [&] { reading.clean(clean.answers()); });
  const std::vector<Cell> cells = cells_of(items, steerings);
  std::vector<std::int64_t> rows;
  for (const Cell& cell : cells) rows.push_back(steered_rows(items[cell.item]));
  for (std::size_t first = 0; first < cells.size();) {
    const std::size_t last = end_of_cells(rows, first);
    const auto at = [&](std::size_t i) {
      return cells.begin() + static_cast<std::ptrdiff_t>(i);
    };
    CellBatch batch(model, items, steerings, clean, {at(first), at(last)});
    const at::Tensor answers = timed("cells", [&] { return batch.run(); });
    timed("answers", [&] { reading.cells(answers, batch.cells()); });
    first = last;
  }
  return reading.answers();
}

Answers steer_plainly(const Transformer& model,
                      const std::vector<ContrastTokens>& items,
                      const std::vector<Steering>& steerings) {
  const std::int64_t n_layers = model.architecture().n_layers;
  std::vector<at::Tensor> scores;
  for (const ContrastTokens& item : items) {
    const at::Tensor wanted =
        at::tensor(
            std::vector<std::int64_t>{item.token_match, item.token_other},
            at::kLong)
            .unsqueeze(0);
    for (const Steering& steering : steerings) {
      const at::Tensor last =
          clean_pass(model, item, n_layers - 1, [&](const BlockState& state) {
            if (state.block == steering.layer && !is_clean(item, steering)) {
              at::Tensor steered =
                  state.residual.narrow(0, item.steer_from, steered_rows(item));
              steered.add_(steering.vector.to(model.device(), model.stream()) *
                           signed_multiplier(item, steering));
            }
          });
      const Scores one =
          model.score(last.slice(0, -1), wanted, Vocabulary::summed);
      scores.push_back(at::cat({one.logits[0], one.log_sum_exp}));
    }
  }
  const at::Tensor all =
      at::stack(scores).view({std::ssize(items), std::ssize(steerings), 3});
  return {all.select(2, 0), all.select(2, 1), all.select(2, 2)};
}

}  // namespace coxswain::jobs
