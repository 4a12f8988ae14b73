// bench_leases FOLDER [SHARE], under mpirun: how fast coordinator and journal
// are with tasks that take no time. Prints tasks a second for results of
// nothing, 4 KiB and 1 MiB, the time of one lease alone, and how much of a core
// each idle rank takes. SHARE (1) scales the numbers of tasks.

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>

#include "cluster/mpi_session.hpp"
#include "runner/base/idle_pause.hpp"
#include "runner/work/coordinator.hpp"
#include "runner/work/worker.hpp"
#include "tests/support/in_process.hpp"

namespace {

using namespace coxswain;          // NOLINT: a program of its own
using namespace coxswain::runner;  // NOLINT
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

// Gives back as many bytes as the bench asks for and takes no time, but for
// tasks of "layers" below zero: those sleep two seconds.
class Instant : public jobs::Executor {
 public:
  explicit Instant(std::size_t bytes) {
    const std::vector<float> values(bytes / sizeof(float));
    result_["x"] =
        storage::make_array(std::span<const float>(values),
                            {static_cast<std::int64_t>(values.size())});
  }
  jobs::TaskResult execute(const jobs::Task& task,
                           const std::vector<storage::ArrayMap>&) override {
    if (std::get<jobs::VectorTask>(task).n_layers < 0) {
      // As long as a task may take.
      nobody_.get_future().wait_for(std::chrono::seconds(2));
    }
    jobs::TaskResult result;
    result.ok = true;
    result.output.result = result_;
    return result;
  }
  std::string numerics() const override { return "none"; }

 private:
  storage::ArrayMap result_;
  std::promise<void> nobody_;
};

enum class Shape { independent, chain, sleeping };

Plan plan_of(std::size_t n, Shape shape) {
  Plan plan;
  for (std::size_t i = 0; i < n; ++i) {
    PlannedTask task;
    task.task = jobs::VectorTask{shape == Shape::sleeping ? -1 : 1};
    task.key = storage::key_of(std::to_string(i));
    if (shape == Shape::chain && i > 0) task.inputs = {TaskIndex(i - 1)};
    plan.tasks.push_back(std::move(task));
  }
  return plan;
}

// Seconds from the first lease to the last commit; the workers' CPU time is
// theirs to print.
double coordinate(cluster::Channel& channel, const std::string& folder,
                  const Plan& plan) {
  const storage::RunDirectory run(folder);
  std::filesystem::remove_all(folder);
  run.create();
  storage::JournalState state;
  const storage::RunIdentity identity{"bench", "id", ""};
  storage::Journal journal(run.journal_folder(), state, identity);
  Bulletin bulletin(plan, run, identity, state, 1, tests::silent_sink());
  CoordinatorOptions options;
  options.reached = [](FaultPoint) {};
  options.clock = [] { return seconds_since({}); };
  Coordinator coordinator(plan, state, journal, run, channel, bulletin,
                          options);
  IdlePause pause;
  std::promise<void> nobody;
  const std::future<void> never = nobody.get_future();
  Clock::time_point start = Clock::now();
  double took = 0;
  while (!coordinator.finished()) {
    if (coordinator.scheduler().workers() == 0) start = Clock::now();
    const bool busy = coordinator.turn();
    if (took == 0 && coordinator.scheduler().finished()) {
      took = seconds_since(start);
    }
    never.wait_for(pause.after(busy));
  }
  std::filesystem::remove_all(folder);
  return took;
}

void work(cluster::Channel& channel, std::size_t bytes) {
  Worker worker(
      channel, [bytes](int) { return std::make_unique<Instant>(bytes); },
      [](FaultPoint) {});
  IdlePause pause;
  while (!worker.finished()) worker.wait(pause.after(worker.turn()));
  while (!channel.flushed()) worker.wait(pause.after(false));
}

struct Case {
  const char* name;
  std::size_t tasks, bytes;
  Shape shape = Shape::independent;
};

}  // namespace

int main(int argc, char** argv) {
  const cluster::MpiSession session;
  const auto channel = session.channel();
  const std::string folder = argc > 1 ? argv[1] : "bench_leases.run";
  const double share = argc > 2 ? std::atof(argv[2]) : 1;
  for (const Case& one :
       {Case{"empty results", 200000, 4},
        Case{"results of 4 KiB", 100000, 4096},
        Case{"results of 1 MiB", 1000, 1U << 20},
        Case{"one after the other", 3000, 4, Shape::chain},
        Case{"two seconds of sleep", 1, 4, Shape::sleeping}}) {
    const bool sleeps = one.shape == Shape::sleeping;
    const std::size_t n =
        sleeps ? static_cast<std::size_t>(session.size() - 1)
               : static_cast<std::size_t>(double(one.tasks) * share) + 1;
    const double before = cpu_seconds();
    const Clock::time_point start = Clock::now();
    if (session.rank() == 0) {
      const double took = coordinate(*channel, folder, plan_of(n, one.shape));
      fmt::print(
          "{:<22} {:>8} tasks in {:6.2f} s: {:>8.0f} a second, {:.3f} ms "
          "each\n",
          one.name, n, took, double(n) / took, 1e3 * took / double(n));
    } else {
      work(*channel, one.bytes);
    }
    if (sleeps) {
      fmt::print("rank {} took {:.1f} % of a core while it waited\n",
                 session.rank(),
                 100 * (cpu_seconds() - before) / seconds_since(start));
    }
    std::fflush(stdout);
  }
  return 0;
}
