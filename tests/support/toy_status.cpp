#include "tests/support/toy_status.hpp"

namespace coxswain::tests {

runner::LiveStatus toy_status() {
  runner::LiveStatus status;
  status.name = "toy";
  status.id = "id1";
  status.epoch = 3;
  status.host = "node1";
  status.process = 4711;
  status.begun = 900;
  status.written = 1000;
  status.phase = runner::RunPhase::running;
  status.numerics = "cpu, 1 thread";
  // With a weight of ten and of forty seconds.
  status.stages = {{"extract", 4, 4, 0, 0, 1, 0, 8e9, 8e9, 10, 10},
                   {"evaluate", 10, 3, 2, 4, 2, 1, 20e9, 6e9, 40, 12}};
  status.workers = {
      {1, "node1", "3", runner::WorkerPhase::computing, 7, "evaluate", 12.5, 5,
       80},
      {2, "node2", "", runner::WorkerPhase::lost, std::nullopt, "", 3, 2, 30}};
  status.tasks_per_second = 0.25;
  status.flops_per_second = 5e9;
  status.seconds_left = 60;
  status.predicted_seconds = 150;
  status.allocation_end = 5000;
  status.errors = {{990,
                    2,
                    {9, "evaluate", "00000000000000000000000000000009"},
                    "out of memory",
                    storage::FailureKind::memory}};
  status.given_up = {{9, "evaluate", "00000000000000000000000000000009"}};
  return status;
}

}  // namespace coxswain::tests
