// Which items are evaluated under which steerings, and the tasks that do it.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "jobs/cost/task_cost.hpp"
#include "runner/plan/grid.hpp"
#include "runner/plan/memory_budget.hpp"
#include "runner/plan/names.hpp"

namespace coxswain::runner {
namespace {

// Of an evaluation: so many that their beginning is computed once for all, but
// no more than so many operations (seconds to minutes of work).
constexpr std::size_t kMostItemsPerTask = 16;
constexpr double kMostFlopsPerTask = 4e12;

}  // namespace

void Grid::add_evaluation(std::size_t behaviour, std::size_t variants_task) {
  const std::size_t n = plan_.behaviours[behaviour].test.size();
  for (const Steered& group : steered_[behaviour]) {
    const std::size_t tasks = evaluate_tasks(behaviour, group);
    for (std::size_t task = 0; task < tasks; ++task) {
      const std::size_t first = n * task / tasks;
      add_evaluate_task(behaviour, variants_task, group, first,
                        n * (task + 1) / tasks - first);
    }
  }
}

// How many tasks of about the same size a group's items are cut into: more of
// them where the sweep's memory has no room for so many items.
std::size_t Grid::evaluate_tasks(std::size_t behaviour,
                                 const Steered& group) const {
  const jobs::Architecture& model =
      plan_.models[model_of(behaviour)].header.architecture;
  const std::size_t n = plan_.behaviours[behaviour].test.size();
  const double flops =
      jobs::cost_of(evaluate_task(behaviour, group, 0, 1), model).flops;
  const auto most = static_cast<std::size_t>(std::clamp(
      kMostFlopsPerTask / flops, 1.0, static_cast<double>(kMostItemsPerTask)));
  const auto all_fit = [&](std::size_t tasks) {
    for (std::size_t task = 0; task < tasks; ++task) {
      const std::size_t first = n * task / tasks;
      const std::size_t items = n * (task + 1) / tasks - first;
      if (!fits(jobs::cost_of(evaluate_task(behaviour, group, first, items),
                              model))) {
        return false;
      }
    }
    return true;
  };
  std::size_t tasks = (n + most - 1) / most;
  if (!memory_for_tasks(plan_)) return tasks;
  while (tasks < n && !all_fit(tasks)) tasks = std::min(n, 2 * tasks);
  return tasks;
}

jobs::EvaluateTask Grid::evaluate_task(std::size_t behaviour,
                                       const Steered& group, std::size_t first,
                                       std::size_t n) const {
  const auto& test = plan_.behaviours[behaviour].test;
  jobs::EvaluateTask task;
  task.model = plan_.models[model_of(behaviour)].source;
  task.multipliers = group.multipliers;
  task.letter_mass = plan_.sweep.steer.letter_mass;
  for (const std::size_t row : group.rows) {
    const storage::VariantRow& variant = plan_.tables.variants[row];
    task.variants.push_back(
        {static_cast<std::int32_t>(row - variant_rows_[behaviour][0]),
         variant.layer, static_cast<jobs::SignRule>(variant.sign_rule)});
  }
  for (std::size_t i = first; i < first + n; ++i) {
    task.items.push_back(test[i].tokens);
  }
  return task;
}

void Grid::add_evaluate_task(std::size_t behaviour, std::size_t variants_task,
                             const Steered& group, std::size_t first,
                             std::size_t n) {
  jobs::EvaluateTask task = evaluate_task(behaviour, group, first, n);
  PropensityPlace place;
  place.n_items = static_cast<std::int64_t>(n);
  place.n_variants = std::ssize(task.variants);
  place.n_multipliers = std::ssize(task.multipliers);
  const auto cost = jobs::cost_of(
      task, plan_.models[model_of(behaviour)].header.architecture);
  place.task = add_task(std::move(task), {variants_task}, cost);
  add_propensity_rows(behaviour, group, first, place);
}

void Grid::add_propensity_rows(std::size_t behaviour, const Steered& group,
                               std::size_t first_item, PropensityPlace place) {
  const jobs::Behaviour& data = plan_.behaviours[behaviour];
  place.first_row = std::ssize(plan_.tables.propensity);
  const auto end = first_item + static_cast<std::size_t>(place.n_items);
  for (std::size_t i = first_item; i < end; ++i) {
    const std::int64_t item_row = first_item_row_[behaviour] +
                                  std::ssize(data.train) +
                                  static_cast<std::int64_t>(i);
    const std::string item = hex(jobs::key_of_steering(data.test[i].tokens));
    for (const std::size_t variant_row : group.rows) {
      const storage::VariantRow& variant = plan_.tables.variants[variant_row];
      for (const double multiplier : group.multipliers) {
        storage::PropensityRow row;
        row.item = static_cast<std::int32_t>(item_row);
        row.variant = variant.id;
        row.layer = variant.layer;
        row.multiplier = multiplier;
        row.positions =
            static_cast<std::int32_t>(plan_.sweep.steer.positions.kind);
        row.cell =
            add_cell(cell_key(fmt::format(
                         "propensity/1 model={} item={} variant={} "
                         "multiplier={}{}",
                         plan_.models[model_of(behaviour)].source.digest, item,
                         hex(variant_keys_[variant_row]), multiplier,
                         plan_.sweep.steer.letter_mass ? "" : " letters")),
                     static_cast<std::uint8_t>(CellKind::propensity));
        plan_.tables.propensity.push_back(row);
      }
    }
  }
  plan_.propensity.push_back(place);
}

}  // namespace coxswain::runner
