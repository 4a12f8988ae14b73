#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Cells that differ in their layer, and what they have in common. What the
// sweep's [only] and [[exclude]] leave of an axis is asked of the builder, so
// that no stage knows how exclusions are spelled.
struct LayerAxis {
  CellTraits shared;
  std::vector<int> layers;
};

// Cells that differ in their multiplier, and what they have in common.
struct MultiplierAxis {
  CellTraits shared;
  std::vector<double> multipliers;
};

// Puts a plan together: stages add their tasks, cells and rows, in the order in
// which results.h5 has them. The plan is whole when finish() gives it away.
class PlanBuilder {
 public:
  explicit PlanBuilder(const Sweep& sweep);

  const Plan& plan() const { return plan_; }
  const Sweep& sweep() const { return plan_.sweep; }
  storage::Results& tables() { return plan_.tables; }

  // What is read before stages plan: a model, then its SAEs and behaviours.
  ModelIndex add_model(PlannedModel model);
  SaeIndex add_sae(PlannedSae sae);
  // An SAE that is there already is decomposed with under more conventions.
  void add_conventions(SaeIndex sae, const std::vector<BDecInput>& more);
  // Of the model that was added last.
  BehaviourIndex add_behaviour(DataEntry data, jobs::Behaviour behaviour,
                               const storage::BehaviourRow& row);
  // Such a behaviour with a vector of the user's own.
  BehaviourIndex add_own_vector(PlannedOwnVector vector, DataEntry data,
                                jobs::Behaviour behaviour,
                                const storage::BehaviourRow& row);
  void add_source(const std::string& path, const PlannedSource& source);
  // Told once, whatever number of models it is true for.
  void add_note(const std::string& note);

  // What exclusions leave.
  bool keeps(const CellTraits& cells) { return selection_.keeps(cells); }
  std::vector<int> kept(const LayerAxis& axis);
  std::vector<double> kept(const MultiplierAxis& axis);
  CellTraits traits_of(ModelIndex model) const;
  CellTraits traits_of(BehaviourIndex behaviour) const;

  TaskIndex add_task(jobs::Task task, std::vector<TaskIndex> inputs,
                     const jobs::TaskCost& cost,
                     InputBulk bulk = InputBulk::unwanted);
  // What the next add_task() gives.
  TaskIndex next_task() const { return TaskIndex(plan_.tasks.size()); }
  void set_pairs(TaskIndex vector_task, std::int64_t n_pairs) {
    at(plan_.tasks, vector_task).pairs = n_pairs;
  }
  // Whether the sweep's memory has room for such a task.
  bool fits(const jobs::TaskCost& cost) const;

  // The key of what is described: all that determines it (digests and rules,
  // never paths or the rest of the sweep, so that a grown sweep finds its cells
  // again), to which the numeric policy is added.
  storage::Key key_of(const std::string& description) const;
  // What key_of() puts before a description.
  std::string numerics() const;
  CellIndex add_cell(CellKind kind, const std::string& description);
  CellRange add_cells(CellKind kind, std::int64_t count, KeyOfCell key_of);
  // A cell's key, for the keys of what is made of it.
  std::string name_of(CellIndex cell) const;

  // Throws ProgramError (bad_sweep) if an exclusion took nothing out, nothing
  // is left, or a task is larger than the sweep's memory.
  Plan finish(std::vector<std::shared_ptr<const Stage>> stages);

 private:
  Plan plan_;
  Selection selection_;
};

}  // namespace coxswain::runner
