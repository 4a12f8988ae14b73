#include "runner/stages/steering_stage.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "jobs/task/variants_result.hpp"
#include "runner/stages/pair_clusters.hpp"
#include "runner/stages/sealing.hpp"
#include "runner/stages/variant_requests.hpp"

namespace coxswain::runner {
void SteeringStage::plan(PlanBuilder& builder) {
  const Plan& plan = builder.plan();
  const Sweep& sweep = plan.sweep;
  for (const BehaviourIndex behaviour : behaviours_of(plan)) {
    const TaskIndex vector_task = extraction_.vector_task(behaviour);
    const ModelIndex model = model_of(plan, behaviour);
    std::vector<TaskIndex> inputs{vector_task};
    jobs::VariantsTask task;
    task.model = at(plan.models, model).source;
    if (steers_with_pairs(sweep)) {
      const auto& extracts = at(plan.tasks, vector_task).inputs;
      task.n_extracts = static_cast<std::int32_t>(extracts.size());
      inputs.insert(inputs.end(), extracts.begin(), extracts.end());
    }
    const std::vector<jobs::PairCluster> clusters =
        clusters_of(plan, behaviour);
    if (steers_with(sweep, jobs::VariantSource::resampled) ||
        steers_with(sweep, jobs::VariantSource::shuffled)) {
      task.clusters = clusters;
    }
    if (std::ranges::count(sweep.steer.doses, jobs::DoseRule::behaviour_mean) >
        0) {
      for (const BehaviourIndex one : behaviours_of(plan, model)) {
        task.behaviours.push_back(static_cast<std::int32_t>(inputs.size()));
        inputs.push_back(extraction_.vector_task(one));
      }
    }
    VariantRequests variants(builder, extraction_, decomposition_, evaluation_,
                             behaviour, clusters, inputs);
    variants.add_all();
    task.requests = variants.requests();
    if (task.requests.empty()) continue;  // none of them applies here
    const auto cost =
        jobs::cost_of(task, width_of(plan), at(plan.tasks, vector_task).pairs);
    const TaskIndex index =
        builder.add_task(std::move(task), inputs, cost, InputBulk::wanted);
    for (std::size_t i = 0; i < variants.requests().size(); ++i) {
      places_.push_back({index, i});
    }
    evaluation_.add(builder, variants.steered(), index);
  }
}

void SteeringStage::seal(Sealing& sealing) const {
  namespace result = jobs::variants_result;
  storage::Results& tables = sealing.tables();
  const std::size_t n = tables.variants.size();
  VectorRows vectors(n, width_of(sealing.plan()));
  for (std::size_t i = 0; i < n; ++i) {
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
  }
  tables.arrays["variant_vectors"] = vectors.array();
}

std::int64_t SteeringStage::result_bytes(const Plan& plan) const {
  return kDatasetBytes + 4 * std::ssize(places_) * width_of(plan);
}

}  // namespace coxswain::runner
