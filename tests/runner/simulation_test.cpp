// The scheduler with a simulated crew: what tests of single rules can't show.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/support/simulated_crew.hpp"
#include "tests/support/simulated_sweep.hpp"

using namespace coxswain::tests;

namespace {

CrewConditions crew_of(int workers) {
  CrewConditions conditions;
  conditions.workers = workers;
  conditions.seed = 1;
  return conditions;
}

CrewRun simulated(const SimulatedSweep& sweep,
                  const CrewConditions& conditions) {
  return simulate(sweep.tasks, sweep.seconds, conditions);
}

// Results, failures, losses and returns in any order; late results, too.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed)
      : seed_(seed),
        tasks_(chaos_tasks(seed)),
        scheduler_(tasks_, {}, policy()) {}

  // How often a task was seen that was done in part.
  std::size_t run() {
    for (int worker = 0; worker < 6; ++worker) add(worker);
    for (int step = 0; step < 4000 && !scheduler_.finished(); ++step) {
      now_ += draw() < 0.1 ? 5 : 0.1;
      lease();
      check();
      happen();
    }
    // Whatever it was like, calm workers come to an end.
    for (int step = 0; step < 4000 && !scheduler_.finished(); ++step) {
      now_ += 1;
      for (int worker = 0; worker < 6; ++worker) add(worker);
      lease();
      for (int worker = 0; worker < 6; ++worker) finish(worker, 0);
    }
    check();
    REQUIRE(scheduler_.finished());
    CHECK(scheduler_.leased() == 0);
    CHECK(scheduler_.done() + scheduler_.quarantined() == tasks_.size());
    return parts_;
  }

 private:
  using Task = coxswain::runner::SchedulerTask;

  static std::vector<Task> chaos_tasks(std::uint64_t seed) {
    std::vector<Task> tasks;
    for (std::size_t task = 0; task < 150; ++task) {
      Task one;
      const auto any = [&](std::uint64_t what, double n) {
        return static_cast<std::size_t>(uniform(seed, 100 + what, task) * n);
      };
      // Nothing depends on the last ones, which do with what there is.
      constexpr std::size_t kSoft = 110;
      one.soft = task >= kSoft;
      const auto before = static_cast<double>(std::min(task, kSoft));
      for (std::size_t i = 0; task > 0 && i < any(0, 3); ++i) {
        one.inputs.push_back(any(10 + i, before));
      }
      one.cost = static_cast<double>(any(1, 4));
      one.kind = static_cast<std::uint32_t>(any(2, 3));
      one.resident = any(3, 5);
      tasks.push_back(one);
    }
    return tasks;
  }

  static coxswain::runner::SchedulerPolicy policy() {
    coxswain::runner::SchedulerPolicy policy;
    policy.lead = 3;
    policy.most_held = 4;
    policy.least_deadline = 20;
    policy.patience = 4;
    return policy;
  }

  double draw() { return uniform(seed_, 1, draws_++); }
  std::size_t draw(std::size_t n) {
    return static_cast<std::size_t>(draw() * static_cast<double>(n));
  }

  void add(int worker) {
    if (!live_.contains(worker)) scheduler_.add_worker(worker, now_);
    live_.insert(worker);
  }

  void lease() {
    while (const auto given = scheduler_.next(now_)) {
      CHECK(live_.contains(given->worker));
      CHECK(given->attempt >= 1);
      CHECK(given->attempt <= policy().attempts);
      held_[given->worker].push_back(given->task);
      if (!given->copy) leased_with_[given->task] = inputs_done(given->task);
      made_with_[{given->task, given->worker}] = leased_with_[given->task];
    }
  }

  std::vector<bool> inputs_done(std::size_t task) const {
    std::vector<bool> done;
    for (const std::size_t input : tasks_[task].inputs) {
      done.push_back(scheduler_.state(input) == State::done);
    }
    return done;
  }

  // A result of other inputs than the lease's, or than those there are, is no
  // result: coordinators don't hand it on.
  bool is_stale(std::size_t task, int worker) {
    if (!tasks_[task].soft || scheduler_.state(task) == State::done) {
      return false;
    }
    const bool leased = scheduler_.state(task) == State::leased;
    return made_with_.at({task, worker}) !=
           (leased ? leased_with_.at(task) : inputs_done(task));
  }

  void happen() {
    const int worker = static_cast<int>(draw(6));
    const double what = draw();
    if (what < 0.6) {
      finish(worker, draw(3));
    } else if (what < 0.75) {
      fail(worker);
    } else if (what < 0.8) {
      lose(worker);
    } else if (what < 0.9) {
      add(worker);
    } else if (!lost_.empty()) {  // a late result
      const auto [task, from] = lost_.back();
      lost_.pop_back();
      if (is_stale(task, from)) return;
      scheduler_.finish(task, from, now_);
      live_.insert(from);
    }
    for (const auto& late : scheduler_.overdue(now_)) lose(late.worker);
  }

  void finish(int worker, std::size_t which) {
    auto& held = held_[worker];
    if (!live_.contains(worker) || which >= held.size()) return;
    const std::size_t task = held[which];
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
    if (is_stale(task, worker)) {
      scheduler_.fail(task, worker, now_);
      return;
    }
    using Finished = coxswain::runner::Scheduler::Finished;
    const Finished expected = scheduler_.state(task) == State::done
                                  ? Finished::copy
                              : scheduler_.partial(task) ? Finished::partial
                                                         : Finished::first;
    CHECK(scheduler_.finish(task, worker, now_) == expected);
  }

  void fail(int worker) {
    auto& held = held_[worker];
    if (!live_.contains(worker) || held.empty()) return;
    scheduler_.fail(held.front(), worker, now_);
    failed_.emplace(held.front(), worker);
    held.erase(held.begin());
  }

  void lose(int worker) {
    scheduler_.lose(worker, now_);
    live_.erase(worker);
    auto& held = held_[worker];
    if (!held.empty()) failed_.emplace(held.front(), worker);
    for (const std::size_t task : held) lost_.emplace_back(task, worker);
    held.clear();
  }

  void check() {
    std::size_t leased = 0, done = 0, quarantined = 0;
    for (std::size_t task = 0; task < tasks_.size(); ++task) {
      const State state = scheduler_.state(task);
      leased += state == State::leased ? 1U : 0U;
      done += state == State::done ? 1U : 0U;
      quarantined += state == State::quarantined ? 1U : 0U;
      std::size_t bad = 0, good = 0;
      for (const std::size_t input : tasks_[task].inputs) {
        bad += scheduler_.state(input) == State::quarantined ? 1U : 0U;
        good += scheduler_.state(input) == State::done ? 1U : 0U;
      }
      if (bad > 0 && (!tasks_[task].soft || good == 0)) {
        const bool waits =
            tasks_[task].soft && bad < tasks_[task].inputs.size();
        CHECK((state == State::quarantined || waits));
      }
      if (bad > 0 && good > 0 && bad + good == tasks_[task].inputs.size() &&
          tasks_[task].soft) {
        CHECK(state != State::waiting);
        CHECK(state != State::done);
        parts_ += state == State::quarantined ? 1U : 0U;
      }
      if (state != State::ready) continue;
      for (const int worker : live_) {
        const auto held = held_.find(worker);
        if (held != held_.end() && !held->second.empty()) continue;
        // It idles beside a ready task: only for having failed it.
        CHECK(failed_.contains({task, worker}));
      }
    }
    CHECK(scheduler_.leased() == leased);
    CHECK(scheduler_.done() == done);
    CHECK(scheduler_.quarantined() == quarantined);
    CHECK(scheduler_.workers() == live_.size());
  }

  using State = coxswain::runner::TaskState;
  std::uint64_t seed_, draws_ = 0;
  std::vector<Task> tasks_;
  coxswain::runner::Scheduler scheduler_;
  double now_ = 0;
  std::set<int> live_;
  std::map<int, std::vector<std::size_t>> held_;
  std::set<std::pair<std::size_t, int>> failed_;
  std::vector<std::pair<std::size_t, int>> lost_;  // may be heard of yet
  // Which inputs of a task were done when it was leased, last and by worker.
  std::map<std::size_t, std::vector<bool>> leased_with_;
  std::map<std::pair<std::size_t, int>, std::vector<bool>> made_with_;
  std::size_t parts_ = 0;  // soft tasks seen done in part
};

// How much longer than at best, as a share.
double above(const CrewRun& run, double bound) {
  return run.makespan / bound - 1;
}

}  // namespace

TEST_CASE("workers die and tasks are slow: within 3 % of what the living can",
          "[runner][simulation]") {
  const SimulatedSweep sweep = recorded_tasks(20000, 1, 1);
  CrewConditions conditions = crew_of(100);
  conditions.deaths = 0.05;
  conditions.deaths_until = 3000;
  conditions.slow = 0.05;
  for (const auto slowness :
       {CrewConditions::Slowness::task, CrewConditions::Slowness::attempt}) {
    conditions.slowness = slowness;
    const CrewRun run = simulated(sweep, conditions);
    CHECK(run.done == sweep.tasks.size());
    CHECK(run.lost >= 2);
    CHECK(above(run, run.bound()) < 0.03);
    CHECK(run.useful / run.live_seconds > 0.97);
  }
}

TEST_CASE("copies save the end of a sweep from a slow attempt",
          "[runner][simulation]") {
  const SimulatedSweep sweep = equal_tasks(16, 100);
  CrewConditions conditions = crew_of(8);
  conditions.slow = 0.1;
  conditions.slow_factor = 20;
  conditions.slowness = CrewConditions::Slowness::attempt;
  const CrewRun run = simulated(sweep, conditions);
  CHECK(run.copies > 0);
  CHECK(run.makespan < 500);
  CHECK(run.done == 16);
}

TEST_CASE("tasks of microseconds are not bound by a round trip",
          "[runner][simulation]") {
  const SimulatedSweep sweep = equal_tasks(20000, 50e-6);
  const CrewConditions conditions = crew_of(4);  // a millisecond both ways
  CHECK(above(simulated(sweep, conditions), 0.25) < 0.1);
  coxswain::runner::SchedulerPolicy none;
  none.lead = 0;
  CHECK(simulate(sweep.tasks, sweep.seconds, conditions, none).makespan > 4);
}

TEST_CASE("sweeps with all their dependencies keep workers busy",
          "[runner][simulation]") {
  const auto check = [](const SweepSize& size, int workers) {
    const SimulatedSweep sweep = whole_sweep(size, 1);
    const CrewRun run = simulated(sweep, crew_of(workers));
    CHECK(run.done == sweep.tasks.size());
    CHECK(above(run, sweep.bound(workers)) < 0.03);
    // Each SAE once, the model by each worker before and after.
    CHECK(run.loads <= size.saes + 2 * static_cast<std::size_t>(workers));
  };
  check({7, 50, 26, 50}, 8);
  check({7, 63, 130, 63}, 64);
}

TEST_CASE("equal conditions give equal runs", "[runner][simulation]") {
  CrewConditions conditions = crew_of(20);
  conditions.deaths = 0.2;
  conditions.deaths_until = 500;
  conditions.slow = 0.1;
  const SimulatedSweep sweep = recorded_tasks(1000, 1, 2);
  const CrewRun once = simulated(sweep, conditions);
  const CrewRun again = simulated(sweep, conditions);
  CHECK(once.makespan == again.makespan);
  CHECK(once.leases == again.leases);
  conditions.seed = 3;
  CHECK(simulated(sweep, conditions).makespan != once.makespan);
}

TEST_CASE("whatever happens, no worker idles and all comes to an end",
          "[runner][simulation]") {
  std::size_t parts = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    parts += Chaos(seed).run();
  }
  CHECK(parts > 0);
}
