#pragma once

#include <string>

#include "runner/plan/plan.hpp"

namespace coxswain::tests {

// Executes every task of a plan in this process, one after the other, and
// journals, shards and seals into the run directory `run`: what a run writes,
// without a coordinator.
void execute_plan(const runner::Plan& plan, const std::string& run);

}  // namespace coxswain::tests
