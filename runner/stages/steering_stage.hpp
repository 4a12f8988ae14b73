#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/stages/decomposition_stage.hpp"
#include "runner/stages/evaluation_stage.hpp"
#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"
#include "runner/stages/variant_requests.hpp"

namespace coxswain::runner {

// The vectors that are added to the model: a variants task for each origin of a
// behaviour's, whose items an EvaluationStage then steers. Fills
// tables/variants.
class SteeringStage : public Stage {
 public:
  SteeringStage(const ExtractionStage& extraction,
                const DecompositionStage& decomposition,
                EvaluationStage& evaluation)
      : extraction_(extraction),
        decomposition_(decomposition),
        evaluation_(evaluation) {}

  void plan(PlanBuilder& builder) override;
  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

 private:
  // Of a row of tables/variants.
  struct Place {
    TaskIndex task;
    std::size_t request = 0;  // row of the task's arrays
  };

  void add_tasks(PlanBuilder& builder, VariantRequests& variants);
  std::vector<std::size_t> rows_by_task() const;

  const ExtractionStage& extraction_;
  const DecompositionStage& decomposition_;
  EvaluationStage& evaluation_;
  FeatureVectors features_;
  std::vector<Place> places_;
};

}  // namespace coxswain::runner
