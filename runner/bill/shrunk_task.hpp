#pragma once

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// A task cut down until it takes no more than `most_flops`, or can't be cut
// any further: fewer pairs, items, variants or requests of the same shapes.
// For timing alone; its result is nobody's. 0: as small as it can be.
struct ShrunkTask {
  jobs::Task task;
  double flops = 0;
};
ShrunkTask shrunk(const Plan& plan, const PlannedTask& task, double most_flops);

}  // namespace coxswain::runner
