#include "runner/stages/sign_null_stage.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "analysis/measures/code_signs.hpp"
#include "jobs/cost/sign_null_cost.hpp"
#include "jobs/steering/balanced_signs.hpp"
#include "jobs/task/sign_null_result.hpp"
#include "runner/stages/control_keys.hpp"
#include "runner/stages/pair_clusters.hpp"
#include "runner/stages/sealing.hpp"

namespace coxswain::runner {
namespace {

// Which pairs are exchanged together, in a cell's description.
std::string spelled(const std::vector<jobs::PairCluster>& pairs) {
  std::string text;
  for (const jobs::PairCluster& pair : pairs) {
    text += fmt::format("{}/{} ", pair.cluster, pair.stratum);
  }
  return hex(storage::key_of(text));
}

}  // namespace

void SignNullStage::plan(PlanBuilder& builder) {
  const DecomposeEntry& rules = builder.sweep().decompose;
  if (rules.differences == 0 || rules.sign_shuffles == 0) return;
  for (std::size_t i = 0; i < builder.plan().saes.size(); ++i) {
    add_sae(builder, SaeIndex(i));
  }
}

// Those whose code differences the SAE's cells have.
std::vector<SignNullStage::Exchanged> SignNullStage::exchanged(
    PlanBuilder& builder, SaeIndex sae) const {
  const Plan& plan = builder.plan();
  const PlannedSae& by = at(plan.saes, sae);
  std::vector<Exchanged> all;
  for (const BehaviourIndex one : paired_behaviours_of(plan, by.model)) {
    const auto vector = extraction_.vector_row(
        one, extraction_.layer_of(plan.sweep, by.entry.layer));
    if (!vector.there()) continue;
    CellTraits traits = builder.traits_of(one);
    traits.layer = by.entry.layer;
    traits.sae = by.entry.id;
    if (!builder.keeps(traits)) continue;
    std::vector<jobs::PairCluster> clusters = clusters_of(plan, one);
    if (jobs::counted(clusters).size() < analysis::kFewestExchanged) continue;
    // The random numbers belong to the vector: all SAEs see the same exchanges.
    const storage::Key key = builder.key_of(
        fmt::format("sign-shuffles/1 {} seed={}", vector_name(builder, vector),
                    plan.sweep.seed));
    all.push_back({one, vector, {std::move(clusters), key}});
  }
  return all;
}

void SignNullStage::add_sae(PlanBuilder& builder, SaeIndex sae) {
  for (const Exchanged& one : exchanged(builder, sae)) {
    add_row(builder, sae, one, add_task(builder, sae, one));
  }
}

TaskIndex SignNullStage::add_task(PlanBuilder& builder, SaeIndex sae,
                                  const Exchanged& of) {
  const Plan& plan = builder.plan();
  const PlannedSae& by = at(plan.saes, sae);
  const TaskIndex vectors = extraction_.vector_task(of.behaviour);
  const PlannedTask& planned = at(plan.tasks, vectors);
  jobs::SignNullTask task;
  task.sae = by.source;
  task.layer = extraction_.layer_of(plan.sweep, by.entry.layer).column();
  task.n_shuffles = plan.sweep.decompose.sign_shuffles;
  task.n_differences = plan.sweep.decompose.differences;
  task.n_extracts.push_back(static_cast<std::int32_t>(planned.inputs.size()));
  task.shuffles.push_back(of.shuffle);
  std::vector<TaskIndex> inputs{vectors};
  inputs.insert(inputs.end(), planned.inputs.begin(), planned.inputs.end());
  const std::int64_t pairs[] = {planned.pairs};
  const auto cost = jobs::cost_of(task, by.header, pairs);
  return builder.add_task(std::move(task), std::move(inputs), cost,
                          InputBulk::wanted);
}

void SignNullStage::add_row(PlanBuilder& builder, SaeIndex sae,
                            const Exchanged& of, TaskIndex task) {
  const Plan& plan = builder.plan();
  const DecomposeEntry& rules = plan.sweep.decompose;
  const jobs::SaeSource& by = at(plan.saes, sae).source;
  const jobs::CountedClusters clusters = jobs::counted(of.shuffle.clusters);
  storage::SignNullRow row;
  row.vector = of.vector.column();
  row.sae = sae.column();
  row.shuffles = static_cast<std::int32_t>(
      jobs::possible_exchanges(clusters, rules.sign_shuffles));
  row.clusters = static_cast<std::int32_t>(clusters.size());
  row.cell =
      builder
          .add_cell(
              CellKind::sign_nulls,
              fmt::format("sign-nulls/1 {} sae={} {} most={} shuffles={} "
                          "seed={} clusters={}",
                          vector_name(builder, of.vector), by.digest, by.facts,
                          rules.differences, rules.sign_shuffles,
                          hex(of.shuffle.key), spelled(of.shuffle.clusters)))
          .column64();
  places_.push_back({task, row});
}

void SignNullStage::seal(Sealing& sealing) const {
  storage::Results& tables = sealing.tables();
  const std::int64_t bins = sealing.plan().sweep.decompose.differences + 1;
  const auto size = static_cast<std::size_t>(4 * bins);
  std::vector<std::int32_t> all;
  for (const Place& place : places_) {
    sealing.mark(row_of<storage::CellRow>(place.row.cell), place.task);
    jobs::ResultReader* from = sealing.result(place.task);
    if (from == nullptr) continue;
    const auto& counts = from->integers(jobs::sign_null_result::kCounts);
    for (std::size_t i = 0; i < size; ++i) {
      all.push_back(static_cast<std::int32_t>(counts.at(i)));
    }
    tables.sign_nulls.push_back(place.row);
  }
  tables.arrays["sign_null_counts"] = {
      storage::DType::i32,
      {std::ssize(tables.sign_nulls), 4, bins},
      std::string(reinterpret_cast<const char*>(all.data()),
                  all.size() * sizeof(std::int32_t))};
}

std::int64_t SignNullStage::result_bytes(const Plan& plan) const {
  const std::int64_t of_row =
      row_bytes<storage::SignNullRow>() +
      4 * 4 * (std::int64_t{plan.sweep.decompose.differences} + 1);
  return 2 * kDatasetBytes + std::ssize(places_) * of_row;
}

}  // namespace coxswain::runner
