#include "runner/coordinator.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "jobs/executor.hpp"
#include "runner/exit_code.hpp"
#include "runner/sealing.hpp"
#include "runner/worker.hpp"
#include "storage/results_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// Fails every task of one kind; computes the others.
class Failing : public jobs::Executor {
 public:
  explicit Failing(jobs::TaskKind kind) : kind_(kind) {}
  jobs::TaskResult execute(
      const jobs::Task& task,
      const std::vector<storage::ArrayMap>& inputs) override {
    if (jobs::kind_of(task) == kind_) return {false, {}, "no such luck"};
    return real_->execute(task, inputs);
  }
  std::string numerics() const override { return real_->numerics(); }

 private:
  jobs::TaskKind kind_;
  std::unique_ptr<jobs::Executor> real_ = jobs::make_executor(1);
};

class OtherMachine : public jobs::Executor {
 public:
  jobs::TaskResult execute(const jobs::Task&,
                           const std::vector<storage::ArrayMap>&) override {
    return {};
  }
  std::string numerics() const override { return "another kind"; }
};

struct Toy {
  Toy() {
    tests::write_toy_sweep(scratch.path());
    plan = make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  }

  // A whole start, in this process.
  ExitCode start(const std::string& out, const Worker::MakeExecutor& make,
                 int drain_after = -1) {
    const storage::RunDirectory run(scratch.file(out));
    run.create();
    storage::JournalState state = storage::replay_journal(run.journal_folder());
    storage::Journal journal(run.journal_folder(), state,
                             {"toy", "id", plan.sweep.effective});
    const auto [here, there] = cluster::local_channels();
    Worker worker(*there, make);
    Coordinator coordinator(plan, state, journal, run, *here);
    for (int turns = 0; !coordinator.finished(); ++turns) {
      if (turns == drain_after) coordinator.drain();
      coordinator.turn();
      worker.turn();
    }
    if (coordinator.scheduler().finished()) seal(plan, state, run);
    return coordinator.scheduler().quarantined() > 0 ? ExitCode::quarantined
                                                     : ExitCode::done;
  }

  std::string bytes(const std::string& out) const {
    return tests::read_file(scratch.file(out) + "/results.h5");
  }

  tests::Scratch scratch;
  Plan plan;
};

}  // namespace

TEST_CASE("a run that was drained and started again gives the same bytes",
          "[runner][coordinator]") {
  Toy toy;
  CHECK(toy.start("whole", jobs::make_executor) == ExitCode::done);
  for (const int turns : {0, 1, 3, 7}) {
    const std::string out = "drained" + std::to_string(turns);
    toy.start(out, jobs::make_executor, turns);
    CHECK(toy.bytes(out).empty());
    toy.start(out, jobs::make_executor);
    CHECK(toy.bytes(out) == toy.bytes("whole"));
  }
}

TEST_CASE("a task that keeps failing is quarantined and marked",
          "[runner][coordinator]") {
  Toy toy;
  const auto failing = [](int) {
    return std::make_unique<Failing>(jobs::TaskKind::decompose);
  };
  CHECK(toy.start("r", failing) == ExitCode::quarantined);
  const auto results =
      storage::read_results(toy.scratch.file("r") + "/results.h5");
  std::map<int, int> states;
  for (const auto& cell : results.cells) ++states[cell.state];
  CHECK(states[0] == 4 + 2);  // the vectors and the activations
  CHECK(states[1] == static_cast<int>(results.cells.size()) - 6);
  const auto& decomposition = results.decompositions.at(0);
  CHECK(results.cells.at(static_cast<std::size_t>(decomposition.cell)).reason ==
        1);
  CHECK(
      results.cells.at(static_cast<std::size_t>(results.propensity.at(0).cell))
          .reason == 2);
  CHECK(std::isnan(results.propensity.at(0).logit_match));
}

TEST_CASE("what was quarantined is tried again at the next start",
          "[runner][coordinator]") {
  Toy toy;
  toy.start("whole", jobs::make_executor);
  toy.start("r", [](int) {
    return std::make_unique<Failing>(jobs::TaskKind::evaluate);
  });
  CHECK(toy.bytes("r") != toy.bytes("whole"));
  CHECK(toy.start("r", jobs::make_executor) == ExitCode::done);
  CHECK(toy.bytes("r") == toy.bytes("whole"));
}

TEST_CASE("a run refuses a worker that computes with something else",
          "[runner][coordinator]") {
  Toy toy;
  toy.start("r", jobs::make_executor, 3);
  CHECK_THROWS_WITH(
      toy.start("r", [](int) { return std::make_unique<OtherMachine>(); }),
      Catch::Contains("another kind") && Catch::Contains("one kind"));
}
