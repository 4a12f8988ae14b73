#pragma once

#include <vector>

#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"

namespace coxswain::runner {

// How long activations are: of reference text, by observe tasks, and of the
// pairs that vectors are made of, in the vectors' own cells. Fills tables/norms
// and the arrays beside it.
class NormsStage : public Stage {
 public:
  explicit NormsStage(const ExtractionStage& extraction)
      : extraction_(extraction) {}

  void plan_model(PlanBuilder& builder, ModelIndex model,
                  const Texts& text) override;
  void plan(PlanBuilder& builder) override;
  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

 private:
  // Of a row of tables/norms: what all these tasks say of one layer.
  struct Place {
    std::vector<TaskIndex> tasks;  // observe tasks, or a behaviour's extracts
    LayerIndex layer;              // row of their layers
  };

  void add_row(PlanBuilder& builder, storage::NormRow row, NormSource source,
               NormExclusion excluded, Place place);

  const ExtractionStage& extraction_;
  std::vector<Place> places_;
};

}  // namespace coxswain::runner
