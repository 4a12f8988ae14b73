#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"
#include "runner/stages/store_tasks.hpp"

namespace coxswain::runner {

// Activations that a sweep stores ([store]): those that vectors are made of, or
// of more tokens, by store tasks. Their values go from shards into what is
// sealed, a task's record at a time; NaN where there is no result.
class ActivationsStage : public Stage {
 public:
  // Of one behaviour: a group of data sets in results.h5.
  struct Place {
    BehaviourIndex behaviour;
    CellIndex cell;
    std::vector<ActivationPiece> pieces;  // rows in order
    storage::ActivationSet set;
  };

  explicit ActivationsStage(const ExtractionStage& extraction)
      : extraction_(extraction) {}

  void plan(PlanBuilder& builder) override;
  void seal(Sealing& sealing) const override;
  void seal_beside(Sealing& sealing, BulkFiles& files) const override;
  void seal_behind(Sealing& sealing, BulkFiles& files,
                   storage::ResultsWriter& writer) const override;
  bool has_bulk() const override { return !places_.empty(); }
  std::int64_t result_bytes(const Plan& plan) const override;

  const std::vector<Place>& places() const { return places_; }

 private:
  std::vector<ActivationPiece> extracted_pieces(const Plan& plan,
                                                BehaviourIndex behaviour) const;
  std::vector<storage::ActivationRow> extracted_rows(
      const Plan& plan, BehaviourIndex behaviour) const;
  std::vector<storage::ActivationRow> stored_rows(
      const Plan& plan, BehaviourIndex behaviour) const;

  const ExtractionStage& extraction_;
  std::vector<Place> places_;
};

}  // namespace coxswain::runner
