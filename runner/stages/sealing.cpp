#include "runner/stages/sealing.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "runner/stages/reuse.hpp"
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

VectorRows::VectorRows(std::size_t n, std::int64_t d_model)
    : width_(static_cast<std::size_t>(d_model)),
      values_(n * width_, std::numeric_limits<float>::quiet_NaN()) {}

void VectorRows::put(std::size_t row, const std::vector<double>& values,
                     std::size_t from) {
  assert((row + 1) * width_ <= values_.size());
  for (std::size_t i = 0; i < width_; ++i) {
    values_[row * width_ + i] =
        static_cast<float>(values.at(from * width_ + i));
  }
}

storage::Array VectorRows::array() const {
  const std::size_t n = width_ == 0 ? 0 : values_.size() / width_;
  return storage::make_array(
      std::span<const float>(values_),
      {static_cast<std::int64_t>(n), static_cast<std::int64_t>(width_)});
}

}  // namespace coxswain::runner
