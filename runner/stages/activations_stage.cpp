#include "runner/stages/activations_stage.hpp"

#include <utility>

#include "runner/stages/sealing.hpp"
#include "runner/stages/store_tasks.hpp"
#include "storage/results/activation_files.hpp"

namespace coxswain::runner {

// Those that vectors are made of: x+ and x- of every pair.
std::vector<ActivationPiece> ActivationsStage::extracted_pieces(
    const Plan& plan, BehaviourIndex behaviour) const {
  std::vector<ActivationPiece> pieces;
  std::int64_t row = 0;
  for (const TaskIndex task :
       at(plan.tasks, extraction_.vector_task(behaviour)).inputs) {
    const auto& extract =
        std::get<jobs::ExtractTask>(at(plan.tasks, task).task);
    const std::int64_t n = 2 * std::ssize(extract.pairs);
    pieces.push_back({task, row, n, extract.layers});
    row += n;
  }
  return pieces;
}

std::vector<storage::ActivationRow> ActivationsStage::extracted_rows(
    const Plan& plan, BehaviourIndex behaviour) const {
  std::vector<storage::ActivationRow> rows;
  const std::size_t first = extraction_.first_item(behaviour).number();
  const std::size_t n = at(plan.behaviours, behaviour).train.size();
  for (std::size_t i = first; i < first + n; ++i) {
    const auto item = RowOf<storage::ItemRow>(i);
    const std::int32_t position = at(plan.tables.items, item).read_position;
    rows.push_back({0, item.column(), 0, position});
    rows.push_back({0, item.column(), 1, position});
  }
  return rows;
}

// In the order in which a store task keeps tokens: what both strings share,
// then the rest of x+, then that of x-.
std::vector<storage::ActivationRow> ActivationsStage::stored_rows(
    const Plan& plan, BehaviourIndex behaviour) const {
  std::vector<storage::ActivationRow> rows;
  std::int32_t item = extraction_.first_item(behaviour).column();
  for (const auto& one : at(plan.behaviours, behaviour).train) {
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

void ActivationsStage::plan(PlanBuilder& builder) {
  const Plan& plan = builder.plan();
  const Sweep& sweep = plan.sweep;
  if (sweep.store.tokens == jobs::StoredTokens::none) return;
  for (const BehaviourIndex behaviour : paired_behaviours_of(plan)) {
    const PlannedModel& model = at(plan.models, model_of(plan, behaviour));
    Place place;
    place.behaviour = behaviour;
    place.set.path = "activations/" + model.entry.id + "/" +
                     at(plan.data, behaviour).behaviour;
    const std::vector<int> kept = builder.kept(
        LayerAxis{builder.traits_of(behaviour), sweep.store.layers});
    place.set.layers.assign(kept.begin(), kept.end());
    if (place.set.layers.empty()) continue;
    place.set.d_model = model.header.architecture.d_model;
    place.set.dtype = sweep.store.dtype;
    std::string made_of;
    if (sweep.keep_activations) {
      place.pieces = extracted_pieces(plan, behaviour);
      place.set.rows = extracted_rows(plan, behaviour);
      const TaskIndex vectors = extraction_.vector_task(behaviour);
      made_of = "activations/1 " + hex(at(plan.tasks, vectors).key);
    } else {
      place.pieces = add_store_tasks(builder, behaviour, place.set.layers);
      place.set.rows = stored_rows(plan, behaviour);
      made_of = "activations/2";
      for (const ActivationPiece& piece : place.pieces) {
        made_of += " " + hex(at(plan.tasks, piece.task).key);
      }
    }
    place.cell = builder.add_cell(CellKind::activations, made_of);
    for (storage::ActivationRow& row : place.set.rows) {
      row.cell = place.cell.column64();
    }
    places_.push_back(std::move(place));
  }
}

void ActivationsStage::seal(Sealing& sealing) const {
  for (const Place& place : places_) {
    std::vector<TaskIndex> tasks;
    for (const ActivationPiece& piece : place.pieces)
      tasks.push_back(piece.task);
    sealing.mark(place.cell, tasks);
  }
}

std::int64_t ActivationsStage::result_bytes(const Plan& /*plan*/) const {
  std::int64_t bytes = 0;
  for (const Place& place : places_) {
    bytes += kDatasetBytes +
             std::ssize(place.set.rows) * row_bytes<storage::ActivationRow>() +
             std::ssize(place.set.layers) * kDatasetBytes +
             static_cast<std::int64_t>(storage::bytes_of(place.set));
  }
  return bytes;
}

}  // namespace coxswain::runner
