#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/stages/decomposition_stage.hpp"
#include "runner/stages/evaluation_stage.hpp"
#include "runner/stages/extraction_stage.hpp"

namespace coxswain::runner {

// Works out what is added to the model for one behaviour: which variants, made
// of which inputs. Each becomes a row of tables/variants, unless exclusions
// leave none of its cells.
class VariantRequests {
 public:
  // `clusters`: of the behaviour's training pairs; `inputs`: those that its
  // variants task has already. All must outlive it.
  VariantRequests(PlanBuilder& builder, const ExtractionStage& extraction,
                  const DecompositionStage& decomposition,
                  EvaluationStage& evaluation, BehaviourIndex behaviour,
                  const std::vector<jobs::PairCluster>& clusters,
                  std::vector<TaskIndex>& inputs);

  // Of all layers and dose rules. Adds the tasks that they are made of to the
  // inputs.
  void add_all();

  const std::vector<jobs::VariantRequest>& requests() const {
    return requests_;
  }
  const SteeredVariants& steered() const { return steered_; }

 private:
  void add_rebuilt(const jobs::VariantRequest& base, int layer);
  void add_rebuilt_by(SaeIndex sae, const jobs::VariantRequest& base);
  void add_rebuilt_resamples(SaeIndex sae, const jobs::VariantRequest& base);
  void add_stand_ins(const jobs::VariantRequest& base, int layer);
  void add_drawn(const jobs::VariantRequest& base, int layer,
                 jobs::VariantSource source, jobs::NormRule norm, int seeds);
  void add_others(const jobs::VariantRequest& base, int layer);
  void add_known_answers(const jobs::VariantRequest& base, int layer);
  // A reconstruction by the last of the inputs, an SAE's decompose task.
  void add_one(SaeIndex sae, jobs::VariantRequest request,
               const DecompositionStage::Rebuilt& from,
               const jobs::MethodChoice& method, storage::VariantRow row);
  bool wants(jobs::VariantSource source) const {
    return steers_with(plan_.sweep, source);
  }
  // Unless none of its cells is wanted; `traits` but for the variant.
  bool add(CellTraits traits, const jobs::VariantRequest& request,
           storage::VariantRow row);
  CellTraits traits_of(int layer) const;
  std::string dose_name(const storage::VariantRow& row) const;
  storage::Key key_of(const storage::VariantRow& row,
                      const jobs::VariantRequest& request) const;

  PlanBuilder& builder_;
  const Plan& plan_;
  const ExtractionStage& extraction_;
  const DecompositionStage& decomposition_;
  EvaluationStage& evaluation_;
  BehaviourIndex behaviour_;
  const std::vector<jobs::PairCluster>& clusters_;
  std::vector<TaskIndex>& inputs_;
  std::vector<jobs::VariantRequest> requests_;
  SteeredVariants steered_;
};

}  // namespace coxswain::runner
