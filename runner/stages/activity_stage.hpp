#pragma once

#include <string>
#include <vector>

#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"

namespace coxswain::runner {

// What an SAE's features do on reference text and on the activations that
// vectors are made of. Fills tables/feature_activity and the arrays beside it.
class ActivityStage : public Stage {
 public:
  explicit ActivityStage(const ExtractionStage& extraction)
      : extraction_(extraction) {}

  void plan_model(PlanBuilder& builder, ModelIndex model,
                  const Texts& text) override;
  void plan(PlanBuilder& builder) override;
  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

  // The tasks behind a row of tables/feature_activity, in the text's order.
  const std::vector<TaskIndex>& tasks_of(
      RowOf<storage::ActivityRow> row) const {
    return at(places_, row);
  }

 private:
  void add_text(PlanBuilder& builder, SaeIndex sae, const Texts& text);
  void add_pairs(PlanBuilder& builder, SaeIndex sae, BehaviourIndex behaviour);
  storage::ActivityRow row_of(PlanBuilder& builder, SaeIndex sae,
                              const std::string& made_of) const;
  void add_row(PlanBuilder& builder, storage::ActivityRow row,
               NormSource source, const std::vector<TaskIndex>& tasks);

  const ExtractionStage& extraction_;
  std::vector<Texts> texts_;                    // by model, until planned
  std::vector<std::vector<TaskIndex>> places_;  // by row of tables/activity
};

}  // namespace coxswain::runner
