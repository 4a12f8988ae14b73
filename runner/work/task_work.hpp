#pragma once

#include <vector>

#include "runner/bill/calibration.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// What each task of a plan weighs in its progress: seconds, if this machine's
// pace of every kind of them is known, else FLOPs. The same from the first word
// of a start to the last.
std::vector<double> task_work(const Plan& plan, const Calibration* calibration);

}  // namespace coxswain::runner
