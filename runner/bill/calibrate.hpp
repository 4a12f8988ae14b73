#pragma once

#include <string>

#include "jobs/executor/executor.hpp"
#include "runner/bill/calibration.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Runs a few of the plan's tasks on this machine, made smaller where they are
// large, and writes and seals a little in `scratch`, an empty folder of its
// own; under a minute. Of each kind the smallest and the largest task are
// timed, with inputs of the right shapes: activations are real ones, vectors
// to steer with are zero. Throws ProgramError if a task fails.
Calibration calibrate(const Plan& plan, jobs::Executor& executor,
                      const std::string& scratch);

// How a kind's seconds depend on its FLOPs, from timed tasks; at least one.
struct TimedSample {
  double flops = 0, seconds = 0;
};
KindPace pace_of(std::vector<TimedSample> samples);

}  // namespace coxswain::runner
