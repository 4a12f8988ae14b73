#include "runner/stages/steering_stage.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "analysis/measures/atoms.hpp"
#include "jobs/task/variants_result.hpp"
#include "runner/stages/pair_clusters.hpp"
#include "runner/stages/sealing.hpp"

namespace coxswain::runner {

void SteeringStage::plan(PlanBuilder& builder) {
  const Plan& plan = builder.plan();
  for (const BehaviourIndex behaviour : behaviours_of(plan)) {
    const std::vector<jobs::PairCluster> clusters =
        clusters_of(plan, behaviour);
    VariantRequests variants(builder, extraction_, decomposition_, evaluation_,
                             features_, behaviour, clusters);
    variants.add_all();
    add_tasks(builder, variants);
    evaluation_.add(builder, variants.steered());
  }
  features_.note_left_out(builder);
}

void SteeringStage::add_tasks(PlanBuilder& builder, VariantRequests& variants) {
  const Plan& plan = builder.plan();
  SteeredVariants& steered = variants.steered();
  const std::int64_t pairs =
      at(plan.tasks, extraction_.vector_task(steered.behaviour)).pairs;
  for (VariantOrigin& origin : variants.origins()) {
    steered.tasks.emplace_back();
    if (origin.task.requests.empty()) continue;  // none of them applies here
    const auto cost = jobs::cost_of(
        origin.task, width_of(plan, model_of(plan, steered.behaviour)), pairs);
    steered.tasks.back() =
        builder.add_task(std::move(origin.task), std::move(origin.inputs), cost,
                         InputBulk::wanted);
  }
  places_.resize(plan.tables.variants.size());
  for (const SteeredVariants::Group& group : steered.groups) {
    for (const SteeredVariants::Made& one : group.variants) {
      at(places_, one.row) = {steered.tasks.at(one.origin),
                              static_cast<std::size_t>(one.request)};
    }
  }
}

// By task, so that each one's result is read once: the rows of one are not all
// beside each other.
std::vector<std::size_t> SteeringStage::rows_by_task() const {
  std::vector<std::size_t> rows(places_.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::ranges::stable_sort(
      rows, {}, [this](std::size_t row) { return places_[row].task; });
  return rows;
}

void SteeringStage::seal(Sealing& sealing) const {
  namespace result = jobs::variants_result;
  storage::Results& tables = sealing.tables();
  VectorRows vectors(sealing.plan(), storage::models_of(tables.variants));
  for (const std::size_t i : rows_by_task()) {
    storage::VariantRow& row = tables.variants[i];
    const auto& [task, request] = places_[i];
    jobs::ResultReader* from = sealing.result(task);
    if (from == nullptr) {
      row.norm = row.cosine = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    vectors.put(i, from->doubles(result::kVectors), request);
    row.norm = from->doubles(result::kNorm).at(request);
    row.cosine = from->doubles(result::kCosine).at(request);
    // Codes are there: decompositions are sealed before what is made of them.
    row.feature = analysis::feature_of(tables, row);
  }
  vectors.keep("variant_vectors", tables.arrays);
}

std::int64_t SteeringStage::result_bytes(const Plan& plan) const {
  return kDatasetBytes + 4 * std::ssize(places_) * widest_of(plan);
}

}  // namespace coxswain::runner
