#pragma once

#include "runner/stages/activity_stage.hpp"
#include "runner/stages/stage.hpp"

namespace coxswain::runner {

// Where features fire most in the reference text: of those that the other
// tables name (the strongest of vectors' and the zero vector's decompositions,
// the first of code_differences and active_features, and those of the paper's
// Figure 4). Fills tables/contexts from what activity tasks keep of every
// feature; has none of an SAE of which a task is missing. Is sealed after all
// tables that name features.
class ContextsStage : public Stage {
 public:
  explicit ContextsStage(const ActivityStage& activity) : activity_(activity) {}

  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

 private:
  const ActivityStage& activity_;
};

// Whether the texts of contexts have tokens that are a byte each. They were
// shown with a byte too many once: `contents` tells such files apart.
bool shows_byte_pieces(const Plan& plan);

}  // namespace coxswain::runner
