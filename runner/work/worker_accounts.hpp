#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace coxswain::runner {

// What a worker said of itself and has done in this start. Whether it is alive
// and what it holds stands in the scheduler's Crew.
struct WorkerAccount {
  std::string host;  // "" before it said hello
  std::string gpu;   // its own, as CUDA_VISIBLE_DEVICES names it, or ""
  std::string numerics;
  std::size_t tasks_done = 0;
  std::int64_t cells_computed = 0;  // of evaluations
  double seconds_computing = 0;     // of the tasks done
};

using WorkerAccounts = std::map<int, WorkerAccount>;  // by rank

}  // namespace coxswain::runner
