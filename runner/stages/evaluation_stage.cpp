#include "runner/stages/evaluation_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include "jobs/task/evaluate_result.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/plan/memory_budget.hpp"
#include "runner/stages/sealing.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// Of an evaluation: so many that their beginning is computed once for all, but
// no more than so many operations (seconds to minutes of work).
constexpr std::size_t kMostItemsPerTask = 16;
constexpr double kMostFlopsPerTask = 4e12;

// Sealing has a row for each in memory.
constexpr std::int64_t kMostSteered = 50'000'000;

// The origins of a group's variants, in their order: their tasks are the inputs
// of the group's evaluations.
std::vector<std::size_t> origins_of(const SteeredVariants::Group& group) {
  std::set<std::size_t> origins;
  for (const auto& one : group.variants) origins.insert(one.origin);
  return {origins.begin(), origins.end()};
}

jobs::EvaluateTask evaluate_task(const Plan& plan,
                                 const SteeredVariants& steered,
                                 const SteeredVariants::Group& group,
                                 std::size_t first, std::size_t n) {
  const auto& test = at(plan.behaviours, steered.behaviour).test;
  assert(first + n <= test.size());
  jobs::EvaluateTask task;
  task.model = at(plan.models, model_of(plan, steered.behaviour)).source;
  task.multipliers = group.multipliers;
  // Log-probabilities need the whole vocabulary.
  task.letter_mass =
      plan.sweep.steer.letter_mass ||
      at(plan.behaviours, steered.behaviour).scored == jobs::Scored::answer;
  const std::vector<std::size_t> origins = origins_of(group);
  std::vector<jobs::Operation> operations;
  for (const SteeredVariants::Made& one : group.variants) {
    const storage::VariantRow& variant = at(plan.tables.variants, one.row);
    const auto input = std::ranges::lower_bound(origins, one.origin);
    jobs::SteeredVariant acting{
        static_cast<std::int32_t>(input - origins.begin()), one.request,
        variant.layer, static_cast<jobs::SignRule>(variant.sign_rule)};
    for (std::int32_t i = 1; i < variant.together; ++i) {
      const auto row = row_of<storage::VectorRow>(variant.vector + i);
      acting.further.push_back(
          {one.request + i, at(plan.tables.vectors, row).layer});
    }
    if (is(variant.operation, jobs::Operation::clamp)) {
      acting.clamped_to = variant.clamped_to;
    }
    task.variants.push_back(std::move(acting));
    operations.push_back(static_cast<jobs::Operation>(variant.operation));
  }
  // Left out where all are added, as tasks were before there was anything else.
  if (std::ranges::any_of(operations, [](const jobs::Operation one) {
        return one != jobs::Operation::add;
      })) {
    task.operations = std::move(operations);
  }
  for (std::size_t i = first; i < first + n; ++i) {
    jobs::add_readings(test[i], task.items);
  }
  return task;
}

// What tells an item as it is steered and scored from others: what it is read
// by, and of whole answers which of them match.
std::string name_of_item(const jobs::AnswerReadings& how,
                         std::span<const jobs::ContrastTokens> readings) {
  if (how.answers.empty()) return hex(jobs::key_of_steering(readings.front()));
  std::string text = "whole-answers/1";
  for (const jobs::ContrastTokens& one : readings) {
    text += " " + hex(jobs::key_of_steering(one));
  }
  for (const jobs::AnswerReadings::Answer& answer : how.answers) {
    text += answer.matches ? " matching" : " other";
    for (const auto& [reading, other] : answer.terms) {
      text += fmt::format(" {}{}", reading, other ? "-" : "+");
    }
  }
  return hex(storage::key_of(text));
}

// How many tasks of about the same size a group's items are cut into: more of
// them where the sweep's memory has no room for so many items.
std::size_t tasks_of(const PlanBuilder& builder, const SteeredVariants& steered,
                     const SteeredVariants::Group& group) {
  const Plan& plan = builder.plan();
  const jobs::Architecture& model =
      at(plan.models, model_of(plan, steered.behaviour)).header.architecture;
  const std::size_t n = at(plan.behaviours, steered.behaviour).test.size();
  const double flops =
      jobs::cost_of(evaluate_task(plan, steered, group, 0, 1), model).flops;
  const auto most = static_cast<std::size_t>(std::clamp(
      kMostFlopsPerTask / flops, 1.0, static_cast<double>(kMostItemsPerTask)));
  const auto all_fit = [&](std::size_t tasks) {
    for (std::size_t task = 0; task < tasks; ++task) {
      const std::size_t first = n * task / tasks;
      const std::size_t items = n * (task + 1) / tasks - first;
      const auto one = evaluate_task(plan, steered, group, first, items);
      if (!builder.fits(jobs::cost_of(one, model))) return false;
    }
    return true;
  };
  std::size_t tasks = (n + most - 1) / most;
  if (!memory_for_tasks(plan)) return tasks;
  while (tasks < n && !all_fit(tasks)) tasks = std::min(n, 2 * tasks);
  return tasks;
}

// How much is added, in medians of the activations' norms; nothing is known of
// that where the vector's direction alone is taken, or where several act.
double dose_of(double multiplier, const storage::VariantRow& variant,
               const storage::VectorRow& vector) {
  return variant.together == 1 &&
                 storage::takes_length(
                     static_cast<jobs::Operation>(variant.operation))
             ? std::abs(multiplier) * variant.norm /
                   vector.median_activation_norm
             : std::numeric_limits<double>::quiet_NaN();
}

// The keys of one task's cells, by their place among them.
struct PropensityKeys {
  std::string numerics, model, suffix;
  std::vector<std::string> items;  // hashes of what is read and steered
  std::vector<storage::Key> variants;
  std::vector<double> multipliers;

  storage::Key operator()(std::int64_t i) const {
    const auto place = static_cast<std::size_t>(i);
    const std::size_t of_item = variants.size() * multipliers.size();
    return storage::key_of(fmt::format(
        "{}propensity/1 model={} item={} variant={} multiplier={}{}", numerics,
        model, items.at(place / of_item),
        hex(variants[place % of_item / multipliers.size()]),
        multipliers[place % multipliers.size()], suffix));
  }
};

}  // namespace

void SteeredVariants::add(const Made& variant, const storage::Key& key,
                          const std::vector<double>& multipliers) {
  auto group = std::ranges::find(groups, multipliers, &Group::multipliers);
  if (group == groups.end()) {
    groups.push_back({multipliers, {}, {}});
    group = groups.end() - 1;
  }
  group->variants.push_back(variant);
  group->keys.push_back(key);
}

void EvaluationStage::add(PlanBuilder& builder,
                          const SteeredVariants& steered) {
  const std::size_t n =
      at(builder.plan().behaviours, steered.behaviour).test.size();
  for (const SteeredVariants::Group& group : steered.groups) {
    const std::size_t tasks = tasks_of(builder, steered, group);
    for (std::size_t task = 0; task < tasks; ++task) {
      const std::size_t first = n * task / tasks;
      add_task(builder, steered, group, first, n * (task + 1) / tasks - first);
    }
  }
}

void EvaluationStage::count(const PlanBuilder& builder,
                            BehaviourIndex behaviour,
                            std::size_t n_multipliers) {
  const Plan& plan = builder.plan();
  steered_cells_ += std::ssize(at(plan.behaviours, behaviour).test) *
                    static_cast<std::int64_t>(n_multipliers);
  if (steered_cells_ <= kMostSteered) return;
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{plan.sweep.path, "steer",
                     "more than " + std::to_string(kMostSteered) +
                         " cells of items, variants and multipliers",
                     "as many at most", "fewer of these, or several sweeps"});
}

void EvaluationStage::add_task(PlanBuilder& builder,
                               const SteeredVariants& steered,
                               const SteeredVariants::Group& group,
                               std::size_t first, std::size_t n) {
  const Plan& plan = builder.plan();
  const jobs::Behaviour& data = at(plan.behaviours, steered.behaviour);
  const PlannedModel& model =
      at(plan.models, model_of(plan, steered.behaviour));
  jobs::EvaluateTask task = evaluate_task(plan, steered, group, first, n);
  const auto cost = jobs::cost_of(task, model.header.architecture);
  PropensityKeys keys;
  keys.numerics = builder.numerics();
  keys.model = model.source.digest;
  keys.suffix = task.letter_mass ? "" : " letters";
  Place place;
  std::vector<jobs::ContrastTokens> readings;
  for (std::size_t i = first; i < first + n; ++i) {
    const std::size_t before = readings.size();
    place.items.push_back(jobs::add_readings(data.test[i], readings));
    keys.items.push_back(
        name_of_item(place.items.back(),
                     std::span(std::as_const(readings)).subspan(before)));
  }
  keys.variants = group.keys;
  keys.multipliers = group.multipliers;
  std::vector<TaskIndex> inputs;
  for (const std::size_t origin : origins_of(group)) {
    inputs.push_back(steered.tasks.at(origin));
  }
  place.task = builder.add_task(std::move(task), std::move(inputs), cost);
  place.cells =
      builder.add_cells(CellKind::propensity,
                        static_cast<std::int64_t>(n * group.variants.size() *
                                                  group.multipliers.size()),
                        std::move(keys));
  place.first_item = RowOf<storage::ItemRow>(
      extraction_.first_item(steered.behaviour).number() + data.train.size() +
      first);
  for (const auto& one : group.variants) place.variants.push_back(one.row);
  place.multipliers = group.multipliers;
  places_.push_back(std::move(place));
}

void EvaluationStage::seal(Sealing& sealing) const {
  std::size_t rows = 0;
  for (const Place& place : places_) {
    rows += static_cast<std::size_t>(place.cells.count);
  }
  sealing.tables().propensity.reserve(rows);
  for (const Place& place : places_) seal(place, sealing);
}

namespace {

// The numbers of one evaluate task by item, variant and multiplier, whatever
// each item was read by.
class EvaluatedItems {
 public:
  EvaluatedItems(const std::vector<jobs::AnswerReadings>& items,
                 std::size_t n_steerings)
      : items_(items), n_steerings_(n_steerings) {
    std::size_t reading = 0;
    for (const jobs::AnswerReadings& item : items) {
      first_.push_back(reading);
      reading += static_cast<std::size_t>(item.n_readings);
    }
  }

  // The place of an item's reading among the task's numbers.
  std::size_t at(std::size_t item, std::int32_t reading,
                 std::size_t steering) const {
    return (first_.at(item) + static_cast<std::size_t>(reading)) *
               n_steerings_ +
           steering;
  }
  const jobs::AnswerReadings& item(std::size_t i) const { return items_.at(i); }
  std::size_t n_items() const { return items_.size(); }
  std::size_t n_steerings() const { return n_steerings_; }

 private:
  const std::vector<jobs::AnswerReadings>& items_;
  std::size_t n_steerings_;
  std::vector<std::size_t> first_;  // reading of each item
};

// Why an item has no number under a steering: the first of its readings'
// reasons.
jobs::NoCell reason_of(const EvaluatedItems& items,
                       const std::vector<std::int64_t>& why, std::size_t item,
                       std::size_t steering) {
  for (std::int32_t r = 0; r < items.item(item).n_readings; ++r) {
    const auto reason =
        static_cast<jobs::NoCell>(why.at(items.at(item, r, steering)));
    if (reason != jobs::NoCell::computed) return reason;
  }
  return jobs::NoCell::computed;
}

}  // namespace

// Cells that an evaluation has no numbers of, each with its own reason, beside
// those that it has.
void EvaluationStage::mark_failed(const Place& place, Sealing& sealing) {
  jobs::ResultReader* from = sealing.result_or_part(place.task);
  if (from == nullptr ||
      !from->arrays().contains(jobs::evaluate_result::kNoCell.name)) {
    return;
  }
  const PlannedTask& planned = at(sealing.plan().tasks, place.task);
  const auto& task = std::get<jobs::EvaluateTask>(planned.task);
  const auto& why = from->integers(jobs::evaluate_result::kNoCell);
  const EvaluatedItems items(place.items,
                             place.variants.size() * place.multipliers.size());
  for (std::size_t i = 0; i < items.n_items() * items.n_steerings(); ++i) {
    const CellIndex cell(place.cells.first.number() + i);
    const std::size_t steering = i % items.n_steerings();
    switch (reason_of(items, why, i / items.n_steerings(), steering)) {
      case jobs::NoCell::computed:
        sealing.mark(cell, CellState::done, Reason::none);
        break;
      case jobs::NoCell::not_finite:
        sealing.mark(cell, CellState::quarantined, Reason::not_finite);
        break;
      case jobs::NoCell::no_vector:
        sealing.mark(cell, CellState::quarantined, Reason::no_vector);
        break;
      case jobs::NoCell::not_there: {
        // As its vector is, which is an input of the evaluation's.
        const auto input =
            task.variants.at(steering / place.multipliers.size()).input;
        sealing.mark_by_input(
            cell, planned.inputs.at(static_cast<std::size_t>(input)));
        break;
      }
    }
  }
}

void EvaluationStage::seal(const Place& place, Sealing& sealing) const {
  namespace result = jobs::evaluate_result;
  storage::Results& tables = sealing.tables();
  const SteerEntry& steer = sealing.plan().sweep.steer;
  const auto& task =
      std::get<jobs::EvaluateTask>(at(sealing.plan().tasks, place.task).task);
  sealing.mark(place.cells, place.task);
  mark_failed(place, sealing);
  jobs::ResultReader* from = sealing.result_or_part(place.task);
  const EvaluatedItems items(place.items,
                             place.variants.size() * place.multipliers.size());
  const auto numbers = [&](jobs::NumbersOf<float> name, bool measured) {
    return measured ? &from->doubles(name) : nullptr;
  };
  const auto* match = numbers(result::kLogitMatch, from != nullptr);
  const auto* other = numbers(result::kLogitOther, from != nullptr);
  const auto* log_sum_exp =
      numbers(result::kLogSumExp, from != nullptr && task.letter_mass);
  const auto value = [&](const std::vector<double>* of, std::size_t place_of) {
    return of == nullptr ? std::numeric_limits<double>::quiet_NaN()
                         : of->at(place_of);
  };
  std::int64_t i = 0;
  for (std::size_t item = 0; item < items.n_items(); ++item) {
    std::size_t steering = 0;
    for (const auto variant_row : place.variants) {
      const storage::VariantRow& variant = at(tables.variants, variant_row);
      const storage::VectorRow& vector =
          at(tables.vectors, row_of<storage::VectorRow>(variant.vector));
      for (const double multiplier : place.multipliers) {
        const jobs::ReadLogits logits =
            scored(items.item(item), [&](std::int32_t reading) {
              const std::size_t of = items.at(item, reading, steering);
              return jobs::ReadLogits{value(match, of), value(other, of),
                                      value(log_sum_exp, of)};
            });
        storage::PropensityRow row;
        row.cell = place.cells.first.column64() + i;
        row.item =
            RowOf<storage::ItemRow>(place.first_item.number() + item).column();
        row.variant = variant.id;
        row.layer = variant.layer;
        row.multiplier = multiplier;
        row.dose = dose_of(multiplier, variant, vector);
        row.positions = static_cast<std::int32_t>(steer.positions.kind);
        row.logit_match = static_cast<float>(logits.match);
        row.logit_other = static_cast<float>(logits.other);
        row.log_sum_exp = static_cast<float>(logits.log_sum_exp);
        tables.propensity.push_back(row);
        ++steering;
        ++i;
      }
    }
  }
  assert(i == place.cells.count);
}

std::int64_t EvaluationStage::result_bytes(const Plan& /*plan*/) const {
  std::int64_t rows = 0;
  for (const Place& place : places_) rows += place.cells.count;
  return rows * row_bytes<storage::PropensityRow>();
}

}  // namespace coxswain::runner
