#include "jobs/steering/cell_batch.hpp"

#include <cassert>

#include <ATen/ATen.h>

#include "jobs/device/device_memory.hpp"
#include "jobs/steering/operations.hpp"

namespace coxswain::jobs {

LayerVectors::LayerVectors(const Transformer& model,
                           const std::vector<Steering>& steerings)
    : rows_(steerings.size()) {
  std::map<std::int64_t, std::vector<at::Tensor>> by_layer;
  const auto add = [&](std::size_t s, std::int64_t layer,
                       const at::Tensor& vector) {
    std::vector<at::Tensor>& all = by_layer[layer];
    rows_[s].push_back(std::ssize(all));
    all.push_back(vector);
  };
  for (std::size_t s = 0; s < steerings.size(); ++s) {
    add(s, steerings[s].layer, steerings[s].vector);
    for (const auto& [layer, vector] : steerings[s].further) {
      assert(layer > steerings[s].layer);
      add(s, layer, vector);
    }
    if (const auto& feature = steerings[s].feature; feature) {
      assert(steerings[s].further.empty());
      add(s, steerings[s].layer, feature->encoder);
    }
  }
  for (const auto& [layer, all] : by_layer) {
    vectors_[layer] =
        placed(at::stack(all).to(model.stream()), model.device(layer));
  }
}

CellBatch::CellBatch(const CellScene& scene, const std::vector<Cell>& cells)
    : scene_(scene), model_(scene.model) {
  lay_out(cells);
}

at::Tensor CellBatch::run() {
  const std::int64_t n_layers = model_.architecture().n_layers;
  at::Tensor answers;
  for (std::int64_t block = 0; block < n_layers; ++block) {
    move_to(model_.device(block));
    if (active_ > 0) {
      answers = advance(block, block == n_layers - 1);
      act_further(block, answers.defined() ? answers : batch_);
    }
    enter(block);
  }
  // Cells that were steered behind the last block are read where they stand.
  std::vector<std::int64_t> rest;
  for (const Segment& segment : segments_) {
    if (segment.layer == n_layers - 1) read_rows(segment, rest);
  }
  const at::Tensor late = batch_.index_select(0, index_of(rest));
  return answers.defined() ? at::cat({answers, late}) : late;
}

std::vector<Cell> CellBatch::cells() const {
  std::vector<Cell> all;
  for (const Segment& segment : segments_) {
    for (const std::size_t steering : segment.steerings) {
      all.push_back({segment.item, steering});
    }
  }
  return all;
}

// Segments ordered by layer, so that the cells under way are always the
// first rows of the batch.
void CellBatch::lay_out(const std::vector<Cell>& cells) {
  assert(!cells.empty());
  std::map<std::pair<std::int64_t, std::size_t>, std::vector<std::size_t>>
      by_layer;
  for (const Cell& cell : cells) {
    assert(cell.steering < scene_.steerings.size());
    assert(cell.item < scene_.items.size());
    by_layer[{scene_.steerings[cell.steering].layer, cell.item}].push_back(
        cell.steering);
  }
  std::vector<std::int64_t> positions, starts, vectors;
  std::vector<double> multipliers;
  for (const auto& [place, steerings] : by_layer) {
    const auto& [layer, item] = place;
    const ContrastTokens& tokens = scene_.items[item];
    assert(steered_rows(tokens) > 0 && "clean cells are no cells");
    segments_.push_back(
        {item, layer, std::ssize(positions), steered_rows(tokens), steerings});
    for (const std::size_t steering : steerings) {
      for (std::int64_t row = 0; row < segments_.back().n_rows; ++row) {
        positions.push_back(tokens.steer_from + row);
        starts.push_back(scene_.clean.row(item) + row);
        vectors.push_back(scene_.vectors.row(steering));
        multipliers.push_back(
            signed_multiplier(tokens, scene_.steerings[steering]));
      }
    }
  }
  positions_ = at::tensor(positions, at::kLong);
  const at::Device device = model_.device(segments_.front().layer);
  starts_ = placed(starts, device);
  vectors_ = placed(vectors, device);
  multipliers_ =
      placed(at::tensor(multipliers, at::kDouble).to(model_.stream()), device);
  batch_ = at::empty({std::ssize(positions), model_.architecture().d_model},
                     at::TensorOptions(device).dtype(model_.stream()));
  rotation_ = model_.rotation(positions_, device);
  lay_out_operated();
  lay_out_further();
}

void CellBatch::lay_out_operated() {
  struct Rows {
    std::vector<std::int64_t> rows, encoders;
    std::vector<double> multipliers, numbers;
  };
  std::map<std::pair<std::int64_t, Operation>, Rows> all;
  for (const Segment& segment : segments_) {
    for (std::size_t i = 0; i < segment.steerings.size(); ++i) {
      const std::size_t number = segment.steerings[i];
      const Steering& steering = scene_.steerings[number];
      if (steering.operation == Operation::add) continue;
      Rows& own = all[{segment.layer, steering.operation}];
      const double multiplier =
          signed_multiplier(scene_.items[segment.item], steering);
      for (std::int64_t row = 0; row < segment.n_rows; ++row) {
        own.rows.push_back(segment.cell(static_cast<std::int64_t>(i)) + row);
        own.multipliers.push_back(multiplier);
        if (!steering.feature) continue;
        own.encoders.push_back(scene_.vectors.row(number, 1));
        const std::vector<double> numbers = numbers_of(*steering.feature);
        own.numbers.insert(own.numbers.end(), numbers.begin(), numbers.end());
      }
    }
  }
  for (const auto& [place, own] : all) {
    const auto& [layer, operation] = place;
    const at::Device device = model_.device(layer);
    operated_.push_back({operation, layer, placed(own.rows, device),
                         at::tensor(own.multipliers, at::kDouble),
                         placed(own.encoders, device),
                         at::tensor(own.numbers, at::kDouble)});
  }
}

void CellBatch::lay_out_further() {
  struct Rows {
    std::vector<std::int64_t> rows, vectors;
    std::vector<double> multipliers;
  };
  const std::int64_t last = model_.architecture().n_layers - 1;
  std::map<std::pair<std::int64_t, Operation>, Rows> all;
  std::int64_t read =
      0;  // cells before, of which one row is read behind `last`
  for (const Segment& segment : segments_) {
    for (std::size_t i = 0; i < segment.steerings.size(); ++i, ++read) {
      const std::size_t number = segment.steerings[i];
      const Steering& steering = scene_.steerings[number];
      const std::int64_t first = segment.cell(static_cast<std::int64_t>(i));
      for (std::size_t k = 0; k < steering.further.size(); ++k) {
        const std::int64_t layer = steering.further[k].layer;
        Rows& own = all[{layer, steering.operation}];
        const std::int64_t n = layer == last ? 1 : segment.n_rows;
        for (std::int64_t row = 0; row < n; ++row) {
          own.rows.push_back(layer == last ? read : first + row);
          own.vectors.push_back(scene_.vectors.row(number, 1 + k));
          own.multipliers.push_back(
              signed_multiplier(scene_.items[segment.item], steering));
        }
      }
    }
  }
  for (const auto& [place, own] : all) {
    const auto& [layer, operation] = place;
    const at::Device device = model_.device(layer);
    further_.push_back({operation, layer, placed(own.rows, device),
                        placed(own.vectors, device),
                        at::tensor(own.multipliers, at::kDouble)});
  }
}

// Moves all that lies on a device, where the next block is on another.
void CellBatch::move_to(at::Device device) {
  if (active_ == 0 || batch_.device() == device) return;
  batch_ = batch_.to(device);
  starts_ = starts_.to(device);
  vectors_ = vectors_.to(device);
  multipliers_ = multipliers_.to(device);
  rotation_ = model_.rotation(positions_, device);
  layout_.reset();
}

// Cells of a layer start: resid_post of the clean pass plus multiplier times
// vector, or what another operation makes of the two.
void CellBatch::enter(std::int64_t block) {
  std::int64_t end = active_;
  for (const Segment& segment : segments_) {
    if (segment.layer == block) end = segment.end();
  }
  if (end == active_) return;
  const auto own = [&](const at::Tensor& all) {
    return all.narrow(0, active_, end - active_);
  };
  at::Tensor rows = own(batch_);
  at::add_out(rows, scene_.clean.residual(block).index_select(0, own(starts_)),
              scene_.vectors.of(block).index_select(0, own(vectors_)) *
                  own(multipliers_).unsqueeze(1));
  for (const Operated& some : operated_) {
    if (some.layer != block) continue;
    const auto of = [&](const at::Tensor& all, const at::Tensor& numbers) {
      return all.index_select(0, numbers.index_select(0, some.rows));
    };
    const at::Tensor start = of(scene_.clean.residual(block), starts_);
    const at::Tensor vectors = of(scene_.vectors.of(block), vectors_);
    batch_.index_copy_(
        0, some.rows,
        some.operation == Operation::clamp
            ? clamped(start, vectors, some.multipliers, features(some))
            : operated(some.operation, start, vectors, some.multipliers));
  }
  active_ = end;
  layout_.reset();
}

// How rows that are clamped read their features.
FeatureRows CellBatch::features(const Operated& some) const {
  return {scene_.vectors.of(some.layer).index_select(0, some.encoders),
          some.numbers.view({some.multipliers.size(0), -1})};
}

// What acts on cells that are under way already: `rows` are the batch's, or
// those that are read.
void CellBatch::act_further(std::int64_t block, at::Tensor& rows) const {
  for (const Further& some : further_) {
    if (some.layer != block) continue;
    rows.index_copy_(
        0, some.rows,
        operated(some.operation, rows.index_select(0, some.rows),
                 scene_.vectors.of(block).index_select(0, some.vectors),
                 some.multipliers));
  }
}

// The cells under way through one block, in place; the last one only at the
// rows that are read, which it gives back.
at::Tensor CellBatch::advance(std::int64_t block, bool last) {
  assert(0 < active_ && active_ <= batch_.size(0));
  const at::Tensor rows = batch_.narrow(0, 0, active_);
  // The last block computes fewer rows; else a layout holds until cells enter
  // or the device changes.
  if (last || !layout_) {
    layout_ = model_.layout(groups(last), active_, batch_.device());
  }
  const Projections own = model_.project(block, rows, rotation_.first(active_));
  const at::Tensor attended =
      model_.attend(block, own, scene_.clean.keys(block), *layout_);
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

at::Tensor CellBatch::index_of(const std::vector<std::int64_t>& rows) const {
  return placed(rows, batch_.device());
}

// One group an item: its cells of all layers see the same keys.
std::vector<AttentionGroup> CellBatch::groups(bool last) const {
  std::map<std::size_t, AttentionGroup> by_item;
  for (const Segment& segment : segments_) {
    if (segment.first >= active_) continue;
    AttentionGroup& group = by_item[segment.item];
    if (group.cells.empty()) {
      group.seen = scene_.clean.before_steering(segment.item);
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

void CellBatch::read_rows(const Segment& segment,
                          std::vector<std::int64_t>& rows) {
  for (std::int64_t i = 0; i < std::ssize(segment.steerings); ++i) {
    rows.push_back(segment.cell(i) + segment.n_rows - 1);
  }
}

}  // namespace coxswain::jobs
