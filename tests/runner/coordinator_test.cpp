#include "runner/work/coordinator.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <climits>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "jobs/executor/executor.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/work/lease_runner.hpp"
#include "runner/work/worker.hpp"
#include "storage/results/results_file.hpp"
#include "storage/run/journal_summary.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/hub_channels.hpp"
#include "tests/support/in_process.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_run.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

using Toy = tests::ToyRun;

TEST_CASE("a run that was drained and started again gives the same bytes",
          "[runner][coordinator]") {
  Toy toy;
  CHECK(toy.start("whole", jobs::make_executor) == ExitCode::done);
  for (const std::size_t tasks : {0U, 1U, 3U, 7U}) {
    const std::string out = "drained" + std::to_string(tasks);
    toy.start(out, jobs::make_executor, tasks);
    CHECK(toy.bytes(out).empty());
    toy.start(out, jobs::make_executor);
    CHECK(toy.bytes(out) == toy.bytes("whole"));
  }
}

TEST_CASE("a task that keeps failing is quarantined and marked",
          "[runner][coordinator]") {
  Toy toy;
  const auto failing = [](int) {
    return std::make_unique<tests::Failing>(jobs::kKindOf<jobs::DecomposeTask>);
  };
  CHECK(toy.start("r", failing) == ExitCode::quarantined);
  const auto results =
      storage::read_results(toy.scratch.file("r") + "/results.h5");
  std::map<int, int> states;
  for (const auto& cell : results.cells) ++states[cell.state];
  const auto cell = [&](std::int64_t number) {
    return results.cells.at(static_cast<std::size_t>(number));
  };
  // What needs no decomposition: the vectors, the activations, two layers'
  // norms, the features' activity and the exchanged signs, and every cell that
  // is steered with something else.
  int steered = 0;
  for (const auto& row : results.propensity) {
    const auto& variant =
        results.variants.at(static_cast<std::size_t>(row.variant));
    const bool rebuilt = variant.decomposition >= 0;
    steered += rebuilt ? 0 : 1;
    REQUIRE(cell(row.cell).reason == (rebuilt ? 2 : 0));
    REQUIRE(std::isnan(row.logit_match) == rebuilt);
  }
  CHECK(steered > 0);
  CHECK(states[0] == 4 + 2 + 2 + 3 + 1 + steered);
  CHECK(states[0] + states[1] == static_cast<int>(results.cells.size()));
  const auto& decomposition = results.decompositions.at(0);
  CHECK(cell(decomposition.cell).reason == 1);
}

TEST_CASE("a worker whose device fails is unfit, and no task is blamed",
          "[runner][coordinator]") {
  const Toy toy;
  const storage::RunDirectory run(toy.scratch.file("r"));
  run.create();
  LeaseRunner runner({[] { return std::make_unique<tests::Broken>(); },
                      run.path(), storage::RunDirectory::shard_name(1, 1), 1,
                      "host", "", 0, [](FaultPoint) {}});
  Lease lease;
  lease.epoch = 1;
  lease.work = toy.plan.tasks.at(0).task;
  runner.add(lease);
  std::vector<ProtocolMessage> said;
  while (said.size() < 2) {
    runner.wait(std::chrono::milliseconds(2));
    if (auto message = runner.take()) said.push_back(std::move(*message));
  }
  CHECK(std::holds_alternative<Hello>(said[0]));
  REQUIRE(std::holds_alternative<Unfit>(said[1]));
  CHECK(std::get<Unfit>(said[1]).reason ==
        "its device computes no more: an illegal address");
  CHECK(std::get<Unfit>(said[1]).kind == storage::FailureKind::device);
}

TEST_CASE("what was quarantined is tried again at the next start",
          "[runner][coordinator]") {
  Toy toy;
  toy.start("whole", jobs::make_executor);
  toy.start("r", [](int) {
    return std::make_unique<tests::Failing>(jobs::kKindOf<jobs::EvaluateTask>);
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
      toy.start("r",
                [](int) { return std::make_unique<tests::OtherMachine>(); }),
      Catch::Contains("another kind") && Catch::Contains("one kind"));
}

TEST_CASE("a run that is told to may compute on several kinds, and says so",
          "[runner][coordinator]") {
  Toy toy;
  const auto other = [](int) {
    return std::make_unique<tests::OtherMachine>();
  };
  toy.start("r", jobs::make_executor, 3);
  toy.start("r", other, 6, DeviceKinds::several);
  // It stays so: none of its kinds alone goes on with it.
  CHECK_THROWS_WITH(toy.start("r", jobs::make_executor),
                    Catch::Contains("--mix-devices"));
  CHECK(toy.start("r", jobs::make_executor, SIZE_MAX, DeviceKinds::several) ==
        ExitCode::done);
  const auto results =
      storage::read_results(toy.scratch.file("r") + "/results.h5");
  REQUIRE(results.devices.size() == 2);
  CHECK(results.devices[0].kind.str() == "another kind");
  CHECK(results.devices[1].kind.str() == "cpu");
  CHECK(results.devices[1].id == 1);
}

namespace {

// Workers that the test plays itself: it sees their leases and says what they
// answer. The clock is the test's.
struct Played {
  // The first `greeting` of them say hello, all if it is not said.
  explicit Played(int workers, int greeting = INT_MAX)
      : ends(tests::hub_channels(workers + 1)), run(toy.scratch.file("r")) {
    run.create();
    const storage::RunIdentity identity{"toy", "id", "sweep"};
    journal.emplace(run.journal_folder(), state, identity);
    bulletin.emplace(toy.plan, run, identity, state, 1, tests::silent_sink());
    CoordinatorOptions chosen = tests::coordinator_options(clock);
    chosen.policy.silence = 30;
    chosen.policy.least_deadline = 100;
    coordinator.emplace(toy.plan, state, *journal, run, *ends[0], *bulletin,
                        std::move(chosen));
    for (int worker = 1; worker <= std::min(workers, greeting); ++worker) {
      say(worker, Hello{"cpu", "host" + std::to_string(worker), ""});
    }
    turn();
  }

  void say(int worker, const ProtocolMessage& message) {
    if (std::holds_alternative<Unfit>(message) ||
        std::holds_alternative<Bye>(message)) {
      mute.insert(worker);
    }
    ends[static_cast<std::size_t>(worker)]->send(0, pack(message));
  }

  // Time goes by a second a turn; all but `silent` give signs of life.
  void pass(int seconds, int silent = 0) {
    for (int i = 0; i < seconds; ++i) {
      clock += 1;
      for (int worker = 1; worker < ends[0]->size(); ++worker) {
        if (worker != silent && !mute.contains(worker)) say(worker, Alive{});
      }
      turn();
    }
  }

  void turn() {
    coordinator->turn();
    for (int worker = 1; worker < ends[0]->size(); ++worker) {
      while (const auto message =
                 ends[static_cast<std::size_t>(worker)]->receive()) {
        const ProtocolMessage content = unpack(message->bytes);
        if (const auto* lease = std::get_if<Lease>(&content)) {
          held[worker].push_back(*lease);
        } else if (std::holds_alternative<Finish>(content)) {
          told.insert(worker);
        }
      }
    }
  }

  // What two tasks give is not the same, or one would stand for the other.
  Done result(const Lease& lease, const std::string& bytes) const {
    Done done;
    done.epoch = lease.epoch;
    done.task = lease.task;
    done.attempt = lease.attempt;
    done.ok = true;
    done.seconds = 0.5;
    done.result.bytes = bytes;
    done.content = storage::key_of(bytes + std::to_string(lease.task));
    done.ticket = lease.ticket;
    return done;
  }

  // Every worker answers all it holds, until nothing is left.
  void finish(const std::set<int>& absent = {}) {
    for (int i = 0; i < 100 && !coordinator->scheduler().finished(); ++i) {
      auto all = std::exchange(held, {});
      for (const auto& [worker, leases] : all) {
        for (const Lease& lease : leases) {
          if (!absent.contains(worker)) say(worker, result(lease, "x"));
        }
      }
      turn();
    }
  }

  // A worker answers until it is given a task, which is then the first it has.
  void answer_until(int worker, std::size_t task) {
    for (int i = 0; i < 100; ++i) {
      std::vector<Lease>& leases = held[worker];
      const auto found = std::ranges::find(leases, task, &Lease::task);
      if (found != leases.end()) {
        std::iter_swap(leases.begin(), found);
        return;
      }
      for (const Lease& lease : std::exchange(leases, {})) {
        say(worker, result(lease, "x"));
      }
      turn();
    }
    FAIL("worker " << worker << " was never given task " << task);
  }

  std::size_t task_of(int worker) { return held.at(worker).at(0).task; }
  WorkerState life(int worker) const {
    return coordinator->scheduler().crew().at(worker).state;
  }

  Toy toy;
  std::vector<std::unique_ptr<cluster::Channel>> ends;
  storage::RunDirectory run;
  storage::JournalState state;
  std::optional<storage::Journal> journal;
  std::optional<Bulletin> bulletin;
  double clock = 1000;
  std::optional<Coordinator> coordinator;
  std::map<int, std::vector<Lease>> held;
  std::set<int> told;
  std::set<int> mute;  // has said its last word
};

}  // namespace

TEST_CASE("a silent worker's lease goes to another, and it is welcome back",
          "[runner][coordinator]") {
  Played crew(2);
  const std::size_t task = crew.task_of(1);
  crew.pass(29, 1);
  CHECK(crew.life(1) == WorkerState::live);
  crew.pass(3, 1);
  CHECK(crew.life(1) == WorkerState::lost);
  crew.journal->flush();
  const auto failed =
      storage::summarise_journal(crew.run.journal_folder()).failed;
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].failure.kind == storage::FailureKind::lost);
  crew.answer_until(2, task);
  CHECK(crew.held.at(2).at(0).attempt == 2);
  // It was only slow: what it computed counts, and it is given more.
  crew.say(1, crew.result(crew.held.at(1).at(0), "x"));
  crew.held.erase(1);
  crew.turn();
  CHECK(crew.life(1) == WorkerState::live);
  CHECK(crew.state.commits.at(crew.toy.plan.tasks[task].key).worker == 1);
  CHECK(crew.held.contains(1));
  crew.finish();
  CHECK(crew.coordinator->scheduler().done() == crew.toy.plan.tasks.size());
}

TEST_CASE("a worker that hangs is given nothing until it has a result",
          "[runner][coordinator]") {
  Played crew(2);
  const std::size_t task = crew.task_of(1);
  const Lease stuck = crew.held.at(1).at(0);
  const auto kind = [&](std::size_t one) {
    return jobs::kind_of(crew.toy.plan.tasks[one].task);
  };
  // Until it has been seen how long such a task takes.
  while (kind(crew.task_of(2)) != kind(task)) {
    crew.clock += 1;
    crew.say(2, crew.result(crew.held.at(2).at(0), "x"));
    crew.held.erase(2);
    crew.turn();
  }
  crew.clock += 1;
  crew.say(2, crew.result(crew.held.at(2).at(0), "x"));
  crew.pass(110);  // both give signs of life, none a result
  crew.held.erase(1);
  CHECK(crew.life(1) == WorkerState::hangs);
  crew.pass(5);
  CHECK_FALSE(crew.held.contains(1));
  crew.say(1, crew.result(stuck, "x"));
  crew.turn();
  CHECK(crew.coordinator->scheduler().state(task) == TaskState::done);
  CHECK(crew.life(1) == WorkerState::live);
  CHECK(crew.held.contains(1));
}

TEST_CASE("who says nothing at the start is lost, and comes with a hello",
          "[runner][coordinator]") {
  Played crew(2, 1);
  CHECK(crew.life(2) == WorkerState::expected);
  crew.pass(30, 2);
  CHECK(crew.life(2) == WorkerState::expected);
  crew.pass(1, 2);
  CHECK(crew.life(2) == WorkerState::lost);
  crew.pass(1);  // a beat is not enough
  CHECK(crew.life(2) == WorkerState::lost);
  crew.say(2, Hello{"cpu", "host2", ""});
  crew.turn();
  CHECK(crew.life(2) == WorkerState::live);
  CHECK(crew.held.contains(2));
}

TEST_CASE("who hangs and falls silent comes back with a result alone",
          "[runner][coordinator]") {
  Played crew(2);
  while (!crew.coordinator->scheduler().expected(crew.task_of(1))) {
    crew.clock += 1;
    crew.say(2, crew.result(crew.held.at(2).at(0), "x"));
    crew.held.erase(2);
    crew.turn();
    REQUIRE(crew.held.contains(2));
  }
  const Lease stuck = crew.held.at(1).at(0);
  while (crew.clock < 1070) crew.pass(1);
  crew.pass(32, 1);  // at 1100 it is silent and past its deadline at once
  CHECK(crew.life(1) == WorkerState::hangs);
  crew.pass(3);
  CHECK(crew.life(1) == WorkerState::hangs);
  crew.say(1, crew.result(stuck, "x"));
  crew.turn();
  CHECK(crew.life(1) == WorkerState::live);
}

TEST_CASE(
    "time in which the coordinator itself was stopped counts against nobody",
    "[runner][coordinator]") {
  Played crew(2);
  crew.clock += 5000;
  crew.turn();
  crew.turn();
  CHECK(crew.coordinator->scheduler().crew().count(WorkerState::live) == 2);
}

TEST_CASE("results of two copies that differ are told, and the first is kept",
          "[runner][coordinator]") {
  Played crew(2);
  const Lease first = crew.held.at(1).at(0);
  crew.pass(32, 1);
  crew.answer_until(2, first.task);
  const Lease second = crew.held.at(2).at(0);
  crew.say(2, crew.result(second, "right"));
  crew.say(1, crew.result(first, "wrong"));
  crew.turn();
  const storage::Key key = crew.toy.plan.tasks[first.task].key;
  CHECK(crew.state.commits.at(key).result == "right");
  const std::string journal =
      tests::read_file(crew.run.journal_folder() + "/000001");
  CHECK(journal.find("computed other bytes than worker 2 on host2") !=
        std::string::npos);
}

TEST_CASE("a coordinator ends when another start has begun",
          "[runner][coordinator]") {
  Played crew(1);
  crew.pass(3);
  const storage::JournalState seen =
      storage::replay_journal(crew.run.journal_folder());
  const storage::Journal newer(crew.run.journal_folder(), seen,
                               {"toy", "id", "sweep"});
  CHECK_THROWS_AS(crew.pass(3), Superseded);
}

TEST_CASE("the run ends with what the last worker can't do",
          "[runner][coordinator]") {
  Played crew(2);
  const std::size_t task = crew.task_of(1);
  crew.say(1, Unfit{1, "host1", "no space left", 10});
  crew.pass(2);
  CHECK(crew.life(1) == WorkerState::lost);
  crew.answer_until(2, task);
  crew.say(2, Unfit{1, "host2", "no space left", 10});
  try {
    crew.pass(3);
    FAIL("went on without workers");
  } catch (const ProgramError& error) {
    CHECK(error.code() == ExitCode::storage);
    CHECK(std::string(error.what()) == "worker 2 on host2: no space left");
  }
}

TEST_CASE("workers that never said a word end the run in time",
          "[runner][coordinator]") {
  Played crew(1);
  CHECK_THROWS_WITH(crew.pass(100, 1), Catch::Contains("no worker is left"));
}

TEST_CASE("the end waits for goodbyes, and not for ever",
          "[runner][coordinator]") {
  Played crew(2);
  crew.finish();
  crew.turn();
  CHECK(crew.told == std::set<int>{1, 2});
  crew.say(1, Bye{});
  crew.turn();
  CHECK_FALSE(crew.coordinator->finished());
  crew.pass(12, 2);
  CHECK(crew.coordinator->finished());
  CHECK(crew.coordinator->scheduler().crew().count(WorkerState::left) == 1);
}

TEST_CASE("any order of completion gives the same bytes",
          "[runner][coordinator]") {
  Toy toy;
  toy.start("whole", jobs::make_executor);
  std::mt19937 random(7);
  for (const int workers : {1, 3, 5, 8}) {
    const std::string out = "shuffled" + std::to_string(workers);
    const storage::RunDirectory run(toy.scratch.file(out));
    run.create();
    storage::JournalState state;
    const storage::RunIdentity identity{"toy", "id", toy.plan.sweep.effective};
    storage::Journal journal(run.journal_folder(), state, identity);
    Bulletin bulletin(toy.plan, run, identity, state, 1, tests::silent_sink());
    const auto ends = tests::hub_channels(workers + 1);
    double clock = 0;
    Coordinator coordinator(toy.plan, state, journal, run, *ends[0], bulletin,
                            tests::coordinator_options(clock));
    std::vector<std::unique_ptr<LeaseRunner>> runners;
    std::vector<std::pair<int, ProtocolMessage>> answers;
    for (int worker = 1; worker <= workers; ++worker) {
      runners.push_back(std::make_unique<LeaseRunner>(
          LeaseRunner::Setup{[] { return jobs::make_executor(1); }, run.path(),
                             storage::RunDirectory::shard_name(
                                 1, static_cast<std::uint32_t>(worker)),
                             1, "host", "", 0, [](FaultPoint) {}}));
      // BLAS describes itself in a buffer that all threads share: executors of
      // one process are made one after the other.
      std::optional<ProtocolMessage> hello;
      while (!(hello = runners.back()->take())) {
        runners.back()->wait(std::chrono::milliseconds(2));
      }
      answers.emplace_back(worker, std::move(*hello));
    }
    while (!coordinator.scheduler().finished()) {
      coordinator.turn();
      for (int worker = 1; worker <= workers; ++worker) {
        const auto i = static_cast<std::size_t>(worker);
        while (const auto message = ends[i]->receive()) {
          ProtocolMessage content = unpack(message->bytes);
          if (auto* lease = std::get_if<Lease>(&content)) {
            runners[i - 1]->add(std::move(*lease));
          }
        }
        runners[i - 1]->wait(std::chrono::milliseconds(2));
        while (auto answer = runners[i - 1]->take()) {
          answers.emplace_back(worker, std::move(*answer));
        }
      }
      std::shuffle(answers.begin(), answers.end(), random);
      // Some stay behind, for a later round.
      for (std::size_t n = answers.size() - answers.size() / 2; n > 0; --n) {
        const auto& [worker, message] = answers.back();
        ends[static_cast<std::size_t>(worker)]->send(0, pack(message));
        answers.pop_back();
      }
    }
    seal(toy.plan, state, run);
    CHECK(toy.bytes(out) == toy.bytes("whole"));
  }
}
