#include "jobs/steering/steered_cells.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>

#include "jobs/device/device_memory.hpp"
#include "jobs/steering/cell_batch.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/clean_start.hpp"
#include "jobs/steering/operations.hpp"

namespace coxswain::jobs {
namespace {

// All wanted cells with an effect: item after item, from the lowest layer on.
std::vector<Cell> cells_of(const std::vector<ContrastTokens>& items,
                           const std::vector<Steering>& steerings,
                           const SteerOptions& options) {
  std::vector<std::size_t> by_layer(steerings.size());
  for (std::size_t s = 0; s < by_layer.size(); ++s) by_layer[s] = s;
  std::ranges::stable_sort(by_layer, {},
                           [&](std::size_t s) { return steerings[s].layer; });
  std::vector<Cell> cells;
  for (std::size_t item = 0; item < items.size(); ++item) {
    for (const std::size_t s : by_layer) {
      if (is_clean(items[item], steerings[s])) continue;
      if (options.wanted && !options.wanted(item, s)) continue;
      cells.push_back({item, s});
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

// Cells that go up together, in the order they are given.
std::vector<std::vector<Cell>> batches_of(
    const std::vector<ContrastTokens>& items, const std::vector<Cell>& cells) {
  std::vector<std::int64_t> rows;
  for (const Cell& cell : cells) rows.push_back(steered_rows(items[cell.item]));
  std::vector<std::vector<Cell>> batches;
  for (std::size_t first = 0; first < cells.size();) {
    const std::size_t last = end_of_cells(rows, first);
    batches.emplace_back(cells.begin() + static_cast<std::ptrdiff_t>(first),
                         cells.begin() + static_cast<std::ptrdiff_t>(last));
    first = last;
  }
  return batches;
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

  // Takes what the clean pass answers for every steering; cells overwrite
  // theirs.
  void clean(const at::Tensor& rows) {
    assert(rows.size(0) == std::ssize(items_));
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < items_.size(); ++i) cells.push_back({i, 0});
    clean_ = score(rows, cells);
  }

  // Takes what was read of some cells: rows [n_cells, d_model].
  void cells(const at::Tensor& rows, const std::vector<Cell>& cells) {
    assert(rows.size(0) == std::ssize(cells));
    cells_.insert(cells_.end(), cells.begin(), cells.end());
    found_.push_back(score(rows, cells));
  }

  // Waits for the device, once for all cells.
  Answers answers() {
    const auto spread = [](const at::Tensor& found, at::Tensor& all) {
      all.copy_(found.cpu().unsqueeze(1).expand_as(all));
    };
    spread(clean_.logits.select(1, 0), answers_.match);
    spread(clean_.logits.select(1, 1), answers_.other);
    if (clean_.log_sum_exp.defined()) {
      spread(clean_.log_sum_exp, answers_.log_sum_exp);
    }
    if (!found_.empty()) put_cells();
    return answers_;
  }

 private:
  void put_cells() {
    std::vector<std::int64_t> item, steering;
    for (const Cell& cell : cells_) {
      item.push_back(static_cast<std::int64_t>(cell.item));
      steering.push_back(static_cast<std::int64_t>(cell.steering));
    }
    const c10::List<c10::optional<at::Tensor>> places(
        {at::tensor(item, at::kLong), at::tensor(steering, at::kLong)});
    const Scores all = joined(found_);
    answers_.match.index_put_(places, all.logits.select(1, 0).cpu());
    answers_.other.index_put_(places, all.logits.select(1, 1).cpu());
    if (all.log_sum_exp.defined()) {
      answers_.log_sum_exp.index_put_(places, all.log_sum_exp.cpu());
    }
  }

  static Scores joined(const std::vector<Scores>& parts) {
    std::vector<at::Tensor> logits, sums;
    for (const Scores& one : parts) {
      logits.push_back(one.logits);
      if (one.log_sum_exp.defined()) sums.push_back(one.log_sum_exp);
    }
    return {at::cat(logits), sums.empty() ? at::Tensor() : at::cat(sums)};
  }

  Scores score(const at::Tensor& rows, const std::vector<Cell>& cells) const {
    std::vector<std::int64_t> tokens;
    for (const Cell& cell : cells) {
      tokens.push_back(items_[cell.item].token_match);
      tokens.push_back(items_[cell.item].token_other);
    }
    const at::Tensor wanted = at::tensor(tokens, at::kLong).view({-1, 2});
    std::vector<Scores> parts;
    for (std::int64_t at_row = 0; at_row < rows.size(0);
         at_row += kReadOutRows) {
      const std::int64_t n = std::min(kReadOutRows, rows.size(0) - at_row);
      parts.push_back(model_.score(rows.narrow(0, at_row, n),
                                   wanted.narrow(0, at_row, n), vocabulary_));
    }
    return joined(parts);
  }

  const Transformer& model_;
  const std::vector<ContrastTokens>& items_;
  Vocabulary vocabulary_;
  Answers answers_;
  Scores clean_;
  std::vector<Cell> cells_;  // that were read, and where what was
  std::vector<Scores> found_;
};

// What one vector of a steering makes of rows [n, d_model].
at::Tensor acted(const Steering& steering, const at::Tensor& rows,
                 const at::Tensor& vector, double multiplier) {
  const auto each = [&](const at::Tensor& one) {
    return one.to(rows.device(), rows.scalar_type()).expand_as(rows);
  };
  const at::Tensor multipliers =
      at::full({rows.size(0)}, multiplier, at::kDouble);
  if (!steering.feature) {
    return operated(steering.operation, rows, each(vector), multipliers);
  }
  const at::Tensor numbers =
      at::tensor(numbers_of(*steering.feature), at::kDouble);
  return clamped(rows, each(vector), multipliers,
                 {each(steering.feature->encoder),
                  numbers.unsqueeze(0).expand({rows.size(0), -1})});
}

}  // namespace

std::size_t end_of_cells(std::span<const std::int64_t> rows,
                         std::size_t first) {
  assert(first < rows.size());
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
  assert(!items.empty());
  PhaseTimes nobodys;
  PhaseTimes& times = options.times != nullptr ? *options.times : nobodys;
  const auto timed = [&](const char* phase, const auto& work) {
    const PhaseTimer timer(times, phase);
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      wait_for(model.last_device());
    } else {
      auto made = work();
      wait_for(model.last_device());
      return made;
    }
  };
  // Once for all cells of these items: it is most of what plain passes would
  // repeat.
  const CleanStart clean = timed("clean pass", [&] {
    return CleanStart(model, items, layers_of(steerings));
  });
  Reading reading(model, items, steerings.size(), options.vocabulary);
  timed("answers", [&] { reading.clean(clean.answers()); });
  const LayerVectors vectors(model, steerings);
  const CellScene scene{model, items, steerings, clean, vectors};
  const std::vector<std::vector<Cell>> batches =
      batches_of(items, cells_of(items, steerings, options));
  std::optional<CellBatch> next;
  const auto lay_out = [&](std::size_t i) {
    next.reset();
    if (i < batches.size()) next.emplace(scene, batches[i]);
  };
  lay_out(0);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (!next) break;  // never: each batch was laid out by the one before
    CellBatch batch = std::move(*next);
    const at::Tensor rows = timed("cells", [&] {
      at::Tensor read = batch.run();
      lay_out(i + 1);  // while a GPU computes this one
      return read;
    });
    timed("answers", [&] { reading.cells(rows, batch.cells()); });
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
      std::vector<LayerVector> acting = steering.further;
      acting.push_back({steering.layer, steering.vector});
      const at::Tensor last =
          clean_pass(model, item, n_layers - 1, [&](const BlockState& state) {
            for (const auto& [layer, vector] : acting) {
              if (state.block != layer || is_clean(item, steering)) continue;
              at::Tensor steered =
                  state.residual.narrow(0, item.steer_from, steered_rows(item));
              steered.copy_(acted(steering, steered, vector,
                                  signed_multiplier(item, steering)));
            }
          });
      const Scores one =
          model.score(last.slice(0, -1), wanted, Vocabulary::summed);
      scores.push_back(at::cat({one.logits[0], one.log_sum_exp}));
    }
  }
  const at::Tensor all = at::stack(scores).cpu().view(
      {std::ssize(items), std::ssize(steerings), 3});
  return {all.select(2, 0), all.select(2, 1), all.select(2, 2)};
}

}  // namespace coxswain::jobs
