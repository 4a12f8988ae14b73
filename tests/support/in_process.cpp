#include "tests/support/in_process.hpp"

#include <chrono>

namespace coxswain::tests {

using namespace runner;  // NOLINT: of tests

ProgressSink silent_sink() {
  ProgressSink sink;
  sink.put = [](const std::string&) {};
  sink.now = [] { return 0.0; };
  return sink;
}

CoordinatorOptions coordinator_options(double& clock) {
  CoordinatorOptions options;
  options.reached = [](FaultPoint) {};
  options.clock = [&clock] { return clock; };
  return options;
}

Ended start_in_process(const Plan& plan, const storage::RunDirectory& run,
                       const Worker::MakeExecutor& make_executor,
                       std::size_t drain_after, DeviceKinds kinds) {
  run.create();
  Ended ended;
  ended.state = storage::replay_journal(run.journal_folder());
  const storage::RunIdentity identity{"toy", "id", plan.sweep.effective};
  storage::Journal journal(run.journal_folder(), ended.state, identity);
  const auto [here, there] = cluster::local_channels();
  Worker worker(*there, make_executor, [](FaultPoint) {});
  Bulletin bulletin(plan, run, identity, ended.state, journal.epoch(),
                    silent_sink());
  double clock = 0;
  CoordinatorOptions options = coordinator_options(clock);
  options.kinds = kinds;
  Coordinator coordinator(plan, ended.state, journal, run, *here, bulletin,
                          std::move(options));
  while (!coordinator.finished()) {
    if (coordinator.scheduler().done() >= drain_after) coordinator.drain();
    coordinator.turn();
    worker.turn();
    worker.wait(std::chrono::milliseconds(1));
  }
  ended.quarantined = coordinator.scheduler().quarantined();
  ended.complete = coordinator.scheduler().finished();
  return ended;
}

}  // namespace coxswain::tests
