#include <algorithm>

#include "runner/base/exit_code.hpp"
#include "runner/plan/grid.hpp"
#include "runner/plan/names.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// Constants of the version, since they decide which rows share a product. A
// task's record is never larger than kBytesPerTask.
constexpr std::size_t kPairsPerTask = 16;
constexpr std::int64_t kBytesPerTask = 128LL << 20;

}  // namespace

// Those that vectors are made of: x+ and x- of every pair.
std::vector<ActivationPiece> Grid::extracted_pieces(
    std::size_t behaviour) const {
  std::vector<ActivationPiece> pieces;
  std::int64_t row = 0;
  for (const std::size_t task : plan_.tasks[vector_tasks_[behaviour]].inputs) {
    const auto& extract = std::get<jobs::ExtractTask>(plan_.tasks[task].task);
    const std::int64_t n = 2 * std::ssize(extract.pairs);
    pieces.push_back({task, row, n, extract.layers});
    row += n;
  }
  return pieces;
}

std::vector<storage::ActivationRow> Grid::extracted_rows(
    std::size_t behaviour) const {
  std::vector<storage::ActivationRow> rows;
  for (std::size_t i = 0; i < plan_.behaviours[behaviour].train.size(); ++i) {
    const auto item = static_cast<std::int32_t>(first_item_row_[behaviour]) +
                      static_cast<std::int32_t>(i);
    const std::int32_t position =
        plan_.tables.items[static_cast<std::size_t>(item)].read_position;
    rows.push_back({0, item, 0, position});
    rows.push_back({0, item, 1, position});
  }
  return rows;
}

// Strings of their own: pairs that follow each other, as many as fit, and as
// many layers at once as the longest one leaves room for.
// Layers that are left out change nothing for the others.
std::vector<ActivationPiece> Grid::add_store_tasks(
    std::size_t behaviour, const std::vector<std::int32_t>& wanted) {
  const StoreEntry& store = plan_.sweep.store;
  const auto& train = plan_.behaviours[behaviour].train;
  const std::size_t model = model_of(behaviour);
  const std::int64_t row_bytes =
      plan_.models[model].header.architecture.d_model *
      static_cast<std::int64_t>(storage::size_of(store.dtype));
  std::int64_t longest = 0;
  for (const auto& item : train) {
    longest = std::max(longest, jobs::kept_rows(item.strings));
  }
  if (longest * row_bytes > kBytesPerTask) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{plan_.sweep.path, "store.activations",
                       std::to_string(longest) + " tokens of one pair",
                       "at most " + std::to_string(kBytesPerTask / row_bytes),
                       "store the answer, or shorter texts"});
  }
  const auto n_layers = std::ssize(store.layers);
  const std::int64_t at_once =
      std::min(n_layers, kBytesPerTask / (longest * row_bytes));
  std::vector<ActivationPiece> pieces;
  std::int64_t row = 0;
  for (std::size_t first = 0; first < train.size();) {
    std::size_t end = first;
    std::int64_t rows = 0;
    for (; end < std::min(first + kPairsPerTask, train.size()); ++end) {
      const jobs::PairStrings& pair = train[end].strings;
      const std::int64_t more = jobs::kept_rows(pair);
      if ((rows + more) * at_once * row_bytes > kBytesPerTask) break;
      rows += more;
    }
    for (std::int64_t layer = 0; layer < n_layers; layer += at_once) {
      jobs::StoreTask task;
      task.model = plan_.models[model].source;
      task.dtype = store.dtype;
      std::copy_if(store.layers.begin() + layer,
                   store.layers.begin() + std::min(layer + at_once, n_layers),
                   std::back_inserter(task.layers), [&](int one) {
                     return std::ranges::count(wanted, one) > 0;
                   });
      if (task.layers.empty()) continue;
      for (std::size_t i = first; i < end; ++i) {
        task.pairs.push_back(train[i].strings);
      }
      std::vector<std::int32_t> layers = task.layers;
      const auto cost =
          jobs::cost_of(task, plan_.models[model].header.architecture);
      pieces.push_back(
          {add_task(std::move(task), {}, cost), row, rows, std::move(layers)});
    }
    row += rows;
    first = end;
  }
  return pieces;
}

std::vector<storage::ActivationRow> Grid::stored_rows(
    std::size_t behaviour) const {
  std::vector<storage::ActivationRow> rows;
  auto item = static_cast<std::int32_t>(first_item_row_[behaviour]);
  for (const auto& one : plan_.behaviours[behaviour].train) {
    const jobs::PairStrings& pair = one.strings;
    const auto shared = static_cast<std::int32_t>(pair.shared.size());
    for (std::int32_t at = pair.keep_from; at < shared; ++at) {
      rows.push_back({0, item, storage::kBothSides, at});
    }
    for (const std::uint8_t side : {std::uint8_t{0}, std::uint8_t{1}}) {
      for (std::int32_t at = 0; at < std::ssize(pair.match); ++at) {
        rows.push_back({0, item, side, shared + at});
      }
    }
    ++item;
  }
  return rows;
}

std::vector<std::int32_t> Grid::stored_layers(std::size_t behaviour) {
  std::vector<std::int32_t> layers;
  for (const int layer : plan_.sweep.store.layers) {
    if (selection_.keeps(traits_of(behaviour, layer))) layers.push_back(layer);
  }
  return layers;
}

void Grid::add_activation_cells() {
  const Sweep& sweep = plan_.sweep;
  if (sweep.store.tokens == jobs::StoredTokens::none) return;
  for (std::size_t b = 0; b < plan_.data.size(); ++b) {
    const std::size_t model = model_of(b);
    ActivationPlace place;
    place.behaviour = static_cast<std::int32_t>(b);
    place.set.path =
        "activations/" + model_id(model) + "/" + plan_.data[b].behaviour;
    place.set.layers = stored_layers(b);
    if (place.set.layers.empty()) continue;
    place.set.d_model = plan_.models[model].header.architecture.d_model;
    place.set.dtype = sweep.store.dtype;
    std::string made_of;
    if (sweep.keep_activations) {
      place.pieces = extracted_pieces(b);
      place.set.rows = extracted_rows(b);
      made_of = "activations/1 " + hex(plan_.tasks[vector_tasks_[b]].key);
    } else {
      place.pieces = add_store_tasks(b, place.set.layers);
      place.set.rows = stored_rows(b);
      made_of = "activations/2";
      for (const ActivationPiece& piece : place.pieces) {
        made_of += " " + hex(plan_.tasks[piece.task].key);
      }
    }
    const std::int64_t cell = add_cell(
        cell_key(made_of), static_cast<std::uint8_t>(CellKind::activations));
    for (storage::ActivationRow& row : place.set.rows) row.cell = cell;
    plan_.activations.push_back(std::move(place));
  }
}

}  // namespace coxswain::runner
