#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "jobs/task/result_reader.hpp"
#include "runner/plan/plan.hpp"
#include "storage/results/rows/models_of.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What stages fill the tables of results.h5 with: the results of a run's tasks,
// as far as they are committed. Not thread-safe.
class Sealing {
 public:
  // All three must outlive it.
  Sealing(const Plan& plan, const storage::JournalState& state,
          const storage::RunDirectory& run);

  const Plan& plan() const { return plan_; }
  const storage::JournalState& state() const { return state_; }
  const storage::RunDirectory& run() const { return run_; }
  storage::Results& tables() { return tables_; }
  storage::Results take() { return std::move(tables_); }

  bool done(TaskIndex task) const;
  // The result of a task; nullptr if it is not done. Good until another task's
  // is asked for: rows of the same task should follow each other.
  jobs::ResultReader* result(TaskIndex task);

  // The same of a task some of whose inputs were given up: what it could do
  // without them.
  jobs::ResultReader* result_or_part(TaskIndex task);

  // The cells are in the state of their task.
  void mark(const CellRange& cells, TaskIndex task);
  void mark(CellIndex cell, TaskIndex task) { mark(CellRange{cell, 1}, task); }
  void mark(CellIndex cell, CellState state, Reason reason);
  // The cell is missing for want of an input: it waits for that, or the input
  // was given up.
  void mark_by_input(CellIndex cell, TaskIndex input);
  // A cell made by several is in the state of the first that is not done.
  void mark(CellIndex cell, std::span<const TaskIndex> tasks);

 private:
  jobs::ResultReader* read(TaskIndex task, const storage::Key& key);

  const Plan& plan_;
  const storage::JournalState& state_;
  const storage::RunDirectory& run_;
  storage::Results tables_;
  std::optional<jobs::ResultReader> cached_;
  TaskIndex cached_task_;
};

// An array of results.h5 whose rows are as wide as their models, float32; NaN
// where nothing was computed.
class VectorRows {
 public:
  // `models`: of each row.
  VectorRows(const Plan& plan, std::vector<std::int32_t> models);

  // Row `from` of a task's [n, d_model].
  void put(std::size_t row, const std::vector<double>& values,
           std::size_t from);
  // Under its name, one a model where widths differ.
  void keep(const std::string& name, storage::ArrayMap& arrays) const;

 private:
  struct Part {
    std::size_t width = 0;
    std::vector<float> values;
  };
  bool several_ = false;
  std::vector<Part> parts_;  // of each model; one, if all have one width
  // Of each row: which part, and its place there.
  std::vector<std::pair<std::size_t, std::size_t>> places_;
};

}  // namespace coxswain::runner
