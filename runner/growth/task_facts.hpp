#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runner/growth/run_inputs.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// A task as people would describe it: what it is about, and with which values
// of which fields. Says nothing of the tasks that it depends on.
struct TaskFacts {
  Subject subject;
  Facts facts;
  // Of tasks with many cells: what they are about, but for their multipliers.
  // Tasks of the same variants share it; null: the task has no such cells.
  std::shared_ptr<const std::vector<CellTraits>> rows;
  std::vector<double> multipliers;  // of each row; empty: it has none
  std::int64_t items = 1;           // cells of a row and multiplier
};

// Of every task of the plan. Digests among `unread` stand in for those of files
// that were not read: nothing is said of these files.
std::vector<TaskFacts> facts_of(const Plan& plan,
                                const std::set<std::string>& unread = {});

// What a start with this plan is made of; `facts` are the plan's.
RunInputs inputs_of(const Plan& plan, const std::vector<TaskFacts>& facts);

}  // namespace coxswain::runner
