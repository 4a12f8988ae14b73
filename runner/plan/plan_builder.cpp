#include "runner/plan/plan_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/base/exit_code.hpp"
#include "runner/plan/memory_budget.hpp"
#include "runner/plan/names.hpp"
#include "runner/plan/result_rows.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {

PlanBuilder::PlanBuilder(const Sweep& sweep)
    : selection_(sweep.only, sweep.exclusions) {
  plan_.sweep = sweep;
  plan_.notes = sweep.notes;
  plan_.tables.names = enumerations();
  storage::ResultsOrigin& origin = plan_.tables.origin;
  origin.sweep = sweep.effective;
  origin.sweep_digest = storage::sha256(computed_text(sweep));
  origin.compute_dtype = runner::name_of(sweep.compute);
  origin.threads = sweep.threads;
  origin.seed = sweep.seed;
  origin.program_version = COXSWAIN_VERSION;
}

ModelIndex PlanBuilder::add_model(PlannedModel model) {
  const ModelIndex index = next_row(plan_.tables.models);
  model.first_behaviour = plan_.behaviours.size();
  model.n_behaviours = 0;
  plan_.models.push_back(std::move(model));
  plan_.tables.models.push_back(model_row(index.column(), plan_.models.back()));
  return index;
}

SaeIndex PlanBuilder::add_sae(PlannedSae sae) {
  const SaeIndex index = next_row(plan_.tables.saes);
  plan_.tables.saes.push_back(sae_row(index.column(), sae));
  plan_.saes.push_back(std::move(sae));
  return index;
}

void PlanBuilder::add_conventions(SaeIndex sae,
                                  const std::vector<BDecInput>& more) {
  std::vector<BDecInput>& all = at(plan_.saes, sae).entry.b_dec_input;
  for (const BDecInput one : more) {
    if (std::ranges::count(all, one) == 0) all.push_back(one);
  }
}

BehaviourIndex PlanBuilder::add_behaviour(DataEntry data,
                                          jobs::Behaviour behaviour,
                                          const storage::BehaviourRow& row) {
  const BehaviourIndex index = next_row(plan_.tables.behaviours);
  plan_.tables.behaviours.push_back(row);
  plan_.tables.behaviours.back().id = index.column();
  plan_.data.push_back(std::move(data));
  plan_.behaviours.push_back(std::move(behaviour));
  ++plan_.models.back().n_behaviours;
  return index;
}

BehaviourIndex PlanBuilder::add_own_vector(PlannedOwnVector vector,
                                           DataEntry data,
                                           jobs::Behaviour behaviour,
                                           const storage::BehaviourRow& row) {
  const BehaviourIndex index =
      add_behaviour(std::move(data), std::move(behaviour), row);
  plan_.own_vectors.emplace(index, std::move(vector));
  return index;
}

void PlanBuilder::add_source(const std::string& path,
                             const PlannedSource& source) {
  plan_.sources[path] = source;
}

void PlanBuilder::add_note(const std::string& note) {
  if (std::ranges::count(plan_.notes, note) == 0) plan_.notes.push_back(note);
}

std::vector<int> PlanBuilder::kept(const LayerAxis& axis) {
  std::vector<int> kept;
  CellTraits traits = axis.shared;
  for (const int layer : axis.layers) {
    traits.layer = layer;
    if (keeps(traits)) kept.push_back(layer);
  }
  return kept;
}

std::vector<double> PlanBuilder::kept(const MultiplierAxis& axis) {
  std::vector<double> kept;
  CellTraits traits = axis.shared;
  for (const double multiplier : axis.multipliers) {
    traits.multiplier = multiplier;
    if (keeps(traits)) kept.push_back(multiplier);
  }
  return kept;
}

CellTraits PlanBuilder::traits_of(ModelIndex model) const {
  CellTraits traits;
  traits.model = at(plan_.models, model).entry.id;
  return traits;
}

CellTraits PlanBuilder::traits_of(BehaviourIndex behaviour) const {
  CellTraits traits = traits_of(model_of(plan_, behaviour));
  traits.behaviour = at(plan_.data, behaviour).behaviour;
  return traits;
}

TaskIndex PlanBuilder::add_task(jobs::Task task, std::vector<TaskIndex> inputs,
                                const jobs::TaskCost& cost, InputBulk bulk) {
  std::vector<storage::Key> keys;
  for (const TaskIndex input : inputs) {
    keys.push_back(at(plan_.tasks, input).key);
  }
  const storage::Key key = jobs::key_of(task, keys, plan_.sweep.threads);
  const TaskIndex index(plan_.tasks.size());
  plan_.tasks.push_back({std::move(task), std::move(inputs), bulk, key,
                         cost.flops, cost.size, 0});
  return index;
}

bool PlanBuilder::fits(const jobs::TaskCost& cost) const {
  const auto memory = memory_for_tasks(plan_);
  return !memory || cost.size.memory_bytes <= *memory;
}

storage::Key PlanBuilder::key_of(const std::string& description) const {
  return storage::key_of(numerics() + description);
}

std::string PlanBuilder::numerics() const {
  return fmt::format("{} threads={} ", runner::name_of(plan_.sweep.compute),
                     plan_.sweep.threads);
}

CellIndex PlanBuilder::add_cell(CellKind kind, const std::string& description) {
  return plan_.cells.add(kind, key_of(description));
}

CellRange PlanBuilder::add_cells(CellKind kind, std::int64_t count,
                                 KeyOfCell key_of) {
  return plan_.cells.add(kind, count, std::move(key_of));
}

std::string PlanBuilder::name_of(CellIndex cell) const {
  return hex(plan_.cells.key(cell));
}

Plan PlanBuilder::finish(std::vector<std::shared_ptr<const Stage>> stages) {
  check_memory(plan_);
  if (const CellChoice* idle = selection_.unmatched()) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{idle->where, "exclude", "nothing that it takes out",
                       "cells of the sweep that have all its values", ""});
  }
  if (plan_.cells.count() == 0) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{plan_.sweep.path, "", "no cell that is left",
                       "fewer exclusions, or a wider --only", ""});
  }
  plan_.stages = std::move(stages);
  return std::move(plan_);
}

}  // namespace coxswain::runner
