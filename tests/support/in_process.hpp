#pragma once

#include <cstdint>

#include "runner/plan/plan.hpp"
#include "runner/work/coordinator.hpp"
#include "runner/work/worker.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::tests {

// Progress that nobody sees.
runner::ProgressSink silent_sink();
// Options without faults; the clock is the test's.
runner::CoordinatorOptions coordinator_options(double& clock);

// A whole start in this process, coordinator and one worker, with the journal
// as it is; drained once `drain_after` tasks are done. Nothing is sealed;
// `state` is the journal at its end.
struct Ended {
  storage::JournalState state;
  std::size_t quarantined = 0;
  bool complete = false;  // nothing is left that could still be done
};
Ended start_in_process(const runner::Plan& plan,
                       const storage::RunDirectory& run,
                       const runner::Worker::MakeExecutor& make_executor,
                       std::size_t drain_after = SIZE_MAX,
                       runner::DeviceKinds kinds = runner::DeviceKinds::one);

}  // namespace coxswain::tests
