#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/stages/decomposition_stage.hpp"
#include "runner/stages/evaluation_stage.hpp"
#include "runner/stages/extraction_stage.hpp"

namespace coxswain::runner {

// Whether the sweep steers with variants of this source.
bool wants(const Sweep& sweep, jobs::VariantSource source);

// Works out what is added to the model for one behaviour: which variants, made
// of which inputs. Each becomes a row of tables/variants, unless exclusions
// leave none of its cells.
class VariantRequests {
 public:
  // `inputs`: those that the behaviour's variants task has already. All must
  // outlive it.
  VariantRequests(PlanBuilder& builder, const ExtractionStage& extraction,
                  const DecompositionStage& decomposition,
                  EvaluationStage& evaluation, BehaviourIndex behaviour,
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
  void add_stand_ins(const jobs::VariantRequest& base, int layer);
  void add_others(const jobs::VariantRequest& base, int layer);
  void add_known_answers(const jobs::VariantRequest& base, int layer);
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
  std::vector<TaskIndex>& inputs_;
  std::vector<jobs::VariantRequest> requests_;
  SteeredVariants steered_;
};

}  // namespace coxswain::runner
