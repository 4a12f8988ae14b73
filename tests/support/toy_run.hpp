#pragma once

#include <climits>
#include <string>

#include "runner/base/exit_code.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/work/worker.hpp"
#include "tests/support/in_process.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

namespace coxswain::tests {

// The toy sweep, planned, and whole starts of it in this process.
struct ToyRun {
  ToyRun() {
    write_toy_sweep(scratch.path());
    plan =
        runner::make_plan(runner::read_sweep(scratch.file("sweep.toml"), ""));
  }

  // A whole start, in this process.
  runner::ExitCode start(const std::string& out,
                         const runner::Worker::MakeExecutor& make,
                         std::size_t drain_after = SIZE_MAX,
                         runner::DeviceKinds kinds = runner::DeviceKinds::one) {
    const storage::RunDirectory run(scratch.file(out));
    const Ended ended = start_in_process(plan, run, make, drain_after, kinds);
    if (ended.complete) runner::seal(plan, ended.state, run);
    return ended.quarantined > 0 ? runner::ExitCode::quarantined
                                 : runner::ExitCode::done;
  }

  std::string bytes(const std::string& out) const {
    return read_file(scratch.file(out) + "/results.h5");
  }

  Scratch scratch;
  runner::Plan plan;
};

}  // namespace coxswain::tests
