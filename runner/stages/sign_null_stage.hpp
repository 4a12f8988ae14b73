#pragma once

#include <cstdint>
#include <vector>

#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"

namespace coxswain::runner {

// What the signs of code differences would be if labels meant nothing: one
// sign null task, and one row of tables/sign_nulls, for each SAE and behaviour
// that has clusters enough.
class SignNullStage : public Stage {
 public:
  explicit SignNullStage(const ExtractionStage& extraction)
      : extraction_(extraction) {}

  void plan(PlanBuilder& builder) override;
  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

 private:
  // A row of tables/sign_nulls.
  struct Place {
    TaskIndex task;
    storage::SignNullRow row;
  };
  // A behaviour whose pairs are exchanged for one SAE.
  struct Exchanged {
    BehaviourIndex behaviour;
    RowOf<storage::VectorRow> vector;
    jobs::ShuffleRequest shuffle;
  };

  std::vector<Exchanged> exchanged(PlanBuilder& builder, SaeIndex sae) const;
  void add_sae(PlanBuilder& builder, SaeIndex sae);
  TaskIndex add_task(PlanBuilder& builder, SaeIndex sae, const Exchanged& of);
  void add_row(PlanBuilder& builder, SaeIndex sae, const Exchanged& of,
               TaskIndex task);

  const ExtractionStage& extraction_;
  std::vector<Place> places_;
};

}  // namespace coxswain::runner
