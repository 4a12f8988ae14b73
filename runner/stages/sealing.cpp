#include "runner/stages/sealing.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "runner/stages/reuse.hpp"
#include "storage/results/model_rows.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {

Sealing::Sealing(const Plan& plan, const storage::JournalState& state,
                 const storage::RunDirectory& run)
    : plan_(plan), state_(state), run_(run), tables_(plan.tables) {
  tables_.cells = plan.cells.rows();
}

bool Sealing::done(TaskIndex task) const {
  return state_.commits.contains(at(plan_.tasks, task).key);
}

jobs::ResultReader* Sealing::result(TaskIndex task) {
  return read(task, at(plan_.tasks, task).key);
}

jobs::ResultReader* Sealing::result_or_part(TaskIndex task) {
  const storage::Key& key = at(plan_.tasks, task).key;
  return read(task, done(task) ? key : partial_key(key));
}

jobs::ResultReader* Sealing::read(TaskIndex task, const storage::Key& key) {
  const auto found = state_.commits.find(key);
  if (found == state_.commits.end()) return nullptr;
  if (!cached_ || cached_task_ != task) {
    const storage::Commit& commit = found->second;
    cached_.emplace(
        commit.result.empty()
            ? storage::read_shard(run_.path(), commit.bulk)
            : storage::from_safetensors(commit.result, run_.journal_folder()),
        run_.journal_folder());
    cached_task_ = task;
  }
  return &*cached_;
}

void Sealing::mark(const CellRange& cells, TaskIndex task) {
  const auto failure = state_.quarantined.find(at(plan_.tasks, task).key);
  CellState state = CellState::missing;
  Reason reason = Reason::none;
  if (done(task)) {
    state = CellState::done;
  } else if (failure != state_.quarantined.end()) {
    state = CellState::quarantined;
    reason = failure->second.reason.empty() ? Reason::input_quarantined
                                            : Reason::failed_often;
  }
  const std::size_t first = cells.first.number();
  const auto count = static_cast<std::size_t>(cells.count);
  assert(first + count <= tables_.cells.size());
  for (std::size_t i = first; i < first + count; ++i) {
    tables_.cells[i].state = static_cast<std::uint8_t>(state);
    tables_.cells[i].reason = static_cast<std::uint8_t>(reason);
  }
}

void Sealing::mark(CellIndex cell, CellState state, Reason reason) {
  storage::CellRow& row = at(tables_.cells, cell);
  row.state = static_cast<std::uint8_t>(state);
  row.reason = static_cast<std::uint8_t>(reason);
}

void Sealing::mark_by_input(CellIndex cell, TaskIndex input) {
  const bool given_up = state_.quarantined.contains(at(plan_.tasks, input).key);
  mark(cell, given_up ? CellState::quarantined : CellState::missing,
       given_up ? Reason::input_quarantined : Reason::none);
}

void Sealing::mark(CellIndex cell, std::span<const TaskIndex> tasks) {
  assert(!tasks.empty());
  const auto open = std::ranges::find_if_not(
      tasks, [this](TaskIndex task) { return done(task); });
  mark(cell, open == tasks.end() ? tasks.front() : *open);
}

VectorRows::VectorRows(const Plan& plan, std::vector<std::int32_t> models)
    : several_(storage::widths_differ(plan.tables)),
      parts_(several_ ? plan.models.size() : 1) {
  if (!several_) parts_[0].width = static_cast<std::size_t>(widest_of(plan));
  for (std::size_t i = 0; several_ && i < parts_.size(); ++i) {
    parts_[i].width = static_cast<std::size_t>(width_of(plan, ModelIndex(i)));
  }
  std::vector<std::size_t> rows(parts_.size());
  for (const std::int32_t model : models) {
    const std::size_t part = several_ ? static_cast<std::size_t>(model) : 0;
    places_.emplace_back(part, rows.at(part)++);
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].values.resize(rows[i] * parts_[i].width,
                            std::numeric_limits<float>::quiet_NaN());
  }
}

void VectorRows::put(std::size_t row, const std::vector<double>& values,
                     std::size_t from) {
  const auto& [part, place] = places_.at(row);
  auto& [width, to] = parts_[part];
  for (std::size_t i = 0; i < width; ++i) {
    to[place * width + i] = static_cast<float>(values.at(from * width + i));
  }
}

void VectorRows::keep(const std::string& name,
                      storage::ArrayMap& arrays) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& [width, values] = parts_[i];
    const std::size_t n = width == 0 ? 0 : values.size() / width;
    arrays[several_ ? storage::array_of_model(name, i) : name] =
        storage::make_array(
            std::span<const float>(values),
            {static_cast<std::int64_t>(n), static_cast<std::int64_t>(width)});
  }
}

}  // namespace coxswain::runner
