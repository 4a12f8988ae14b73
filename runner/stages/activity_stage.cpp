#include "runner/stages/activity_stage.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "jobs/task/activity_result.hpp"
#include "jobs/task/exact_parts.hpp"
#include "runner/stages/control_keys.hpp"
#include "runner/stages/sealing.hpp"
#include "runner/stages/texts_of_tasks.hpp"

namespace coxswain::runner {
namespace {

// Large, since a result has eight numbers a feature. Where sinks are apart they
// are told by the norms of a task's own tokens, so that it decides which tokens
// are sinks.
constexpr std::size_t kTokensPerTask = 65536;

namespace activity = jobs::activity_result;
using jobs::ExactParts;

// Sums over groups of activations, [groups, d_sae], that add up exactly.
class ExactTable {
 public:
  explicit ExactTable(double unit) : unit_(unit) {}

  // values [2, groups, d_sae]
  void add(const std::vector<double>& values) {
    const std::size_t n = values.size() / 2;
    sums_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      sums_[i].add({values[i], values[n + i]}, unit_);
    }
  }

  // Of a feature, over some groups.
  double sum(const std::vector<std::size_t>& groups, std::size_t feature,
             std::size_t width) const {
    ExactParts all;
    for (const std::size_t group : groups) {
      all.add(sums_[group * width + feature], unit_);
    }
    return all.value();
  }

 private:
  double unit_;
  std::vector<ExactParts> sums_;
};

// What tasks have of groups of activations, [groups, d_sae] each.
struct Sums {
  std::vector<double> tokens, active, code_most;
  ExactTable code_sum{activity::kSumUnit}, projection_sum{activity::kSumUnit},
      projection_squares{activity::kSquareUnit};

  // Nothing if a task is missing.
  static std::optional<Sums> of(const std::vector<TaskIndex>& tasks,
                                Sealing& sealing) {
    Sums sums;
    for (const TaskIndex task : tasks) {
      jobs::ResultReader* one = sealing.result(task);
      if (one == nullptr) return std::nullopt;
      sums.add(*one);
    }
    return sums;
  }

  void add(jobs::ResultReader& result) {
    const auto add_to = [](std::vector<double>& sum, const auto& more) {
      sum.resize(more.size());
      for (std::size_t i = 0; i < more.size(); ++i) {
        sum[i] += static_cast<double>(more[i]);
      }
    };
    add_to(tokens, result.integers(activity::kTokens));
    add_to(active, result.integers(activity::kActive));
    code_sum.add(result.doubles(activity::kCodeSum));
    projection_sum.add(result.doubles(activity::kProjectionSum));
    projection_squares.add(result.doubles(activity::kProjectionSquares));
    const auto& most = result.doubles(activity::kCodeMost);
    code_most.resize(most.size());
    for (std::size_t i = 0; i < most.size(); ++i) {
      code_most[i] = std::max(code_most[i], most[i]);
    }
  }
};

// Which of ActivityTask's groups a row is made of.
std::vector<std::size_t> groups_of(const storage::ActivityRow& row,
                                   std::size_t n_groups) {
  switch (static_cast<NormSource>(row.source)) {
    case NormSource::positive:
      return {0};
    case NormSource::negative:
      return {1};
    case NormSource::reference:
      break;
  }
  const bool apart = n_groups == 4;  // sinks
  switch (static_cast<NormExclusion>(row.excluded)) {
    case NormExclusion::first:
      return apart ? std::vector<std::size_t>{1, 3}
                   : std::vector<std::size_t>{1};
    case NormExclusion::sinks:
      return {0, 1};
    case NormExclusion::none:
      break;
  }
  return apart ? std::vector<std::size_t>{0, 1, 2, 3}
               : std::vector<std::size_t>{0, 1};
}

// The arrays beside tables/feature_activity, row after row.
class Arrays {
 public:
  void add(const Sums& sums, const std::vector<std::size_t>& groups) {
    const std::size_t width = sums.active.size() / sums.tokens.size();
    double n = 0;
    for (const std::size_t group : groups) n += sums.tokens[group];
    for (std::size_t feature = 0; feature < width; ++feature) {
      const auto mean = [&](const ExactTable& table) {
        return table.sum(groups, feature, width) / n;
      };
      double most = 0, active = 0;
      for (const std::size_t group : groups) {
        most = std::max(most, sums.code_most[group * width + feature]);
        active += sums.active[group * width + feature];
      }
      const double projection = mean(sums.projection_sum);
      const double square = mean(sums.projection_squares);
      rate_.push_back(static_cast<float>(active / n));
      mean_.push_back(static_cast<float>(mean(sums.code_sum)));
      most_.push_back(static_cast<float>(most));
      projection_.push_back(static_cast<float>(projection));
      deviation_.push_back(static_cast<float>(
          std::sqrt(std::max(0.0, square - projection * projection))));
    }
  }
  void end_row() { offsets_.push_back(std::ssize(rate_)); }

  void keep(storage::ArrayMap& arrays) const {
    const std::string folder = "feature_activity/";
    arrays[folder + "offsets"] = storage::make_array(
        std::span<const std::int64_t>(offsets_), {std::ssize(offsets_)});
    for (const auto& [name, values] :
         {std::pair{"rate", &rate_}, std::pair{"mean", &mean_},
          std::pair{"max", &most_}, std::pair{"projection_mean", &projection_},
          std::pair{"projection_sd", &deviation_}}) {
      arrays[folder + name] = storage::make_array(
          std::span<const float>(*values), {std::ssize(*values)});
    }
  }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<float> rate_, mean_, most_, projection_, deviation_;
};

}  // namespace

void ActivityStage::plan_model(PlanBuilder& /*builder*/,
                               [[maybe_unused]] ModelIndex model,
                               const Texts& text) {
  assert(model.number() == texts_.size());
  texts_.push_back(text);
}

void ActivityStage::plan(PlanBuilder& builder) {
  const Plan& plan = builder.plan();
  for (std::size_t i = 0; i < plan.saes.size(); ++i) {
    const SaeIndex sae(i);
    const PlannedSae& of = plan.saes[i];
    const Texts& text = at(texts_, of.model);
    if (text.empty()) continue;
    add_text(builder, sae, text);
    const LayerIndex layer = extraction_.layer_of(plan.sweep, of.entry.layer);
    for (const BehaviourIndex behaviour :
         paired_behaviours_of(plan, of.model)) {
      if (extraction_.vector_row(behaviour, layer).there()) {
        add_pairs(builder, sae, behaviour);
      }
    }
  }
  texts_.clear();
}

void ActivityStage::add_text(PlanBuilder& builder, SaeIndex sae,
                             const Texts& text) {
  const Plan& plan = builder.plan();
  const PlannedSae& of = at(plan.saes, sae);
  const PlannedModel& model = at(plan.models, of.model);
  CellTraits traits = builder.traits_of(of.model);
  traits.sae = of.entry.id;
  traits.layer = of.entry.layer;
  if (!builder.keeps(traits)) return;
  const ObserveEntry& observe = plan.sweep.observe;
  std::vector<TaskIndex> tasks;
  for (Texts& some : texts_of_tasks(text, kTokensPerTask)) {
    jobs::ActivityTask task{model.source,          of.source,
                            std::move(some),       of.entry.layer,
                            observe.without_sinks, observe.contexts};
    const auto cost =
        jobs::cost_of(task, model.header.architecture, of.header.d_sae, 0);
    tasks.push_back(builder.add_task(std::move(task), {}, cost));
  }
  std::string made_of = "model=" + model.source.digest +
                        " texts=" + hex(jobs::key_of_texts(text));
  if (observe.contexts > 0) {
    made_of += " contexts=" + std::to_string(observe.contexts);
  }
  std::vector<NormExclusion> rows{NormExclusion::none, NormExclusion::first};
  if (observe.without_sinks) {
    made_of += " exclude=sinks";
    rows.push_back(NormExclusion::sinks);
  }
  storage::ActivityRow row = row_of(builder, sae, made_of);
  for (const NormExclusion excluded : rows) {
    row.excluded = static_cast<std::int32_t>(excluded);
    add_row(builder, row, NormSource::reference, tasks);
  }
}

// Of what a behaviour's vectors are made of.
void ActivityStage::add_pairs(PlanBuilder& builder, SaeIndex sae,
                              BehaviourIndex behaviour) {
  const Plan& plan = builder.plan();
  const PlannedSae& of = at(plan.saes, sae);
  const LayerIndex layer = extraction_.layer_of(plan.sweep, of.entry.layer);
  const PlannedTask& vectors =
      at(plan.tasks, extraction_.vector_task(behaviour));
  const std::vector<TaskIndex> extracts = vectors.inputs;
  jobs::ActivityTask task{{}, of.source, {}, layer.column()};
  const auto cost =
      jobs::cost_of(task, at(plan.models, of.model).header.architecture,
                    of.header.d_sae, vectors.pairs);
  const std::vector<TaskIndex> tasks{
      builder.add_task(std::move(task), extracts, cost, InputBulk::wanted)};
  const auto vector = extraction_.vector_row(behaviour, layer);
  storage::ActivityRow row =
      row_of(builder, sae, "vector=" + vector_name(builder, vector));
  row.behaviour = behaviour.column();
  add_row(builder, row, NormSource::positive, tasks);
  add_row(builder, row, NormSource::negative, tasks);
}

storage::ActivityRow ActivityStage::row_of(PlanBuilder& builder, SaeIndex sae,
                                           const std::string& made_of) const {
  const PlannedSae& of = at(builder.plan().saes, sae);
  storage::ActivityRow row;
  row.cell =
      builder
          .add_cell(CellKind::activity,
                    "activity/1 " + made_of + " sae=" + of.source.digest + " " +
                        of.source.facts +
                        " layer=" + std::to_string(of.entry.layer))
          .column64();
  row.model = of.model.column();
  row.sae = sae.column();
  return row;
}

void ActivityStage::add_row(PlanBuilder& builder, storage::ActivityRow row,
                            NormSource source,
                            const std::vector<TaskIndex>& tasks) {
  row.source = static_cast<std::int32_t>(source);
  builder.tables().activity.push_back(row);
  places_.push_back(tasks);
}

void ActivityStage::seal(Sealing& sealing) const {
  storage::Results& tables = sealing.tables();
  // Rows of the same tasks follow each other.
  const std::vector<TaskIndex>* tasks = nullptr;
  std::optional<Sums> sums;
  Arrays arrays;
  for (std::size_t i = 0; i < tables.activity.size(); ++i) {
    storage::ActivityRow& row = tables.activity[i];
    sealing.mark(runner::row_of<storage::CellRow>(row.cell), places_[i]);
    if (tasks == nullptr || *tasks != places_[i]) {
      tasks = &places_[i];
      sums = Sums::of(*tasks, sealing);
    }
    row.tokens = sums ? 0 : -1;
    if (sums) {
      const auto groups = groups_of(row, sums->tokens.size());
      for (const std::size_t group : groups) {
        row.tokens += static_cast<std::int64_t>(sums->tokens[group]);
      }
      arrays.add(*sums, groups);
    }
    arrays.end_row();
  }
  arrays.keep(tables.arrays);
}

std::int64_t ActivityStage::result_bytes(const Plan& plan) const {
  std::int64_t bytes = 6 * kDatasetBytes;
  for (const storage::ActivityRow& row : plan.tables.activity) {
    bytes += 5 * 4 * plan.tables.saes[static_cast<std::size_t>(row.sae)].d_sae;
  }
  return bytes;
}

}  // namespace coxswain::runner
