#include "tests/support/simulated_crew.hpp"

#include <time.h>

#include <algorithm>
#include <limits>
#include <queue>

namespace coxswain::tests {
namespace {

using runner::Assignment;
using runner::Scheduler;
using runner::SchedulerPolicy;
using runner::SchedulerTask;

constexpr double kNever = std::numeric_limits<double>::infinity();

// What a random number decides: each has a sequence of its own.
enum Draw : std::uint64_t { dies = 1, dies_when, first_beat, task_slow };

struct Event {
  double time = 0;
  std::uint64_t order = 0;  // of equal times
  enum class Kind : std::uint8_t { result, beat, look } kind = Kind::result;
  int worker = 0;
  std::size_t task = 0;
  double took = 0;  // s, of the task alone

  bool operator>(const Event& other) const {
    return time != other.time ? time > other.time : order > other.order;
  }
};

// This thread's time alone, so that other work on the machine doesn't count.
double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

struct Worker {
  double death = kNever;
  double free = 0;  // when it has computed all that it holds
  std::uint64_t loaded = 0;
};

class Crew {
 public:
  Crew(const std::vector<SchedulerTask>& tasks,
       const std::vector<double>& seconds, const CrewConditions& conditions,
       const SchedulerPolicy& policy)
      : tasks_(tasks),
        seconds_(seconds),
        conditions_(conditions),
        scheduler_(tasks, {}, policy),
        workers_(static_cast<std::size_t>(conditions.workers)),
        tries_(tasks.size()),
        took_(tasks.size()) {}

  CrewRun run() {
    hire();
    while (!scheduler_.finished() && !events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      handle(event);
    }
    run_.makespan = now_;
    run_.done = scheduler_.done();
    run_.quarantined = scheduler_.quarantined();
    bounds();
    return run_;
  }

 private:
  // What the scheduler does is timed, and nothing else.
  auto timed(const auto& call) {
    const double start = processor_seconds();
    auto result = call();
    run_.scheduler_seconds += processor_seconds() - start;
    return result;
  }

  void push(Event event) {
    event.order = order_++;
    events_.push(event);
  }

  void hire() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      const int id = static_cast<int>(i);
      if (uniform(conditions_.seed, dies, i) < conditions_.deaths) {
        workers_[i].death =
            uniform(conditions_.seed, dies_when, i) * conditions_.deaths_until;
      }
      scheduler_.add_worker(id, 0);
      ++run_.events;
      push({uniform(conditions_.seed, first_beat, i) * conditions_.beat, 0,
            Event::Kind::beat, id, 0, 0});
    }
    push({1, 0, Event::Kind::look, 0, 0, 0});
    lease();
  }

  void handle(const Event& event) {
    switch (event.kind) {
      case Event::Kind::beat:
        if (workers_[static_cast<std::size_t>(event.worker)].death <= now_) {
          return;
        }
        timed([&] { return scheduler_.heard(event.worker, now_), 0; });
        push({now_ + conditions_.beat, 0, Event::Kind::beat, event.worker, 0,
              0});
        return;  // nothing to lease by that
      case Event::Kind::look:
        look();
        break;
      case Event::Kind::result:
        finish(event);
        break;
    }
    lease();
  }

  void look() {
    const auto overdue = timed([&] { return scheduler_.overdue(now_); });
    for (const auto& one : overdue) {
      timed([&] { return scheduler_.lose(one.worker, now_); });
      ++run_.events;
      ++run_.lost;
    }
    push({now_ + 1, 0, Event::Kind::look, 0, 0, 0});
  }

  void finish(const Event& event) {
    const auto finished = timed(
        [&] { return scheduler_.finish(event.task, event.worker, now_); });
    ++run_.events;
    if (finished == Scheduler::Finished::first) {
      run_.useful += event.took;
      took_[event.task] = event.took;
    }
  }

  void lease() {
    while (const auto given = timed([&] { return scheduler_.next(now_); })) {
      compute(*given);
    }
  }

  void compute(const Assignment& given) {
    ++run_.leases;
    if (given.copy) ++run_.copies;
    Worker& worker = workers_[static_cast<std::size_t>(given.worker)];
    const SchedulerTask& task = tasks_[given.task];
    double start = std::max(worker.free, now_ + conditions_.latency);
    if (task.resident != 0 && task.resident != worker.loaded) {
      worker.loaded = task.resident;
      start += conditions_.load;
      ++run_.loads;
    }
    const std::uint64_t draw =
        task_slow + (conditions_.slowness == CrewConditions::Slowness::attempt
                         ? tries_[given.task]++
                         : 0);
    const bool slow =
        uniform(conditions_.seed, draw, given.task) < conditions_.slow;
    const double took =
        seconds_[given.task] * (slow ? conditions_.slow_factor : 1);
    worker.free = start + took;
    if (worker.free < worker.death) {
      push({worker.free + conditions_.latency, 0, Event::Kind::result,
            given.worker, given.task, took});
    }
  }

  void bounds() {
    std::vector<double> deaths;
    for (const Worker& worker : workers_) {
      run_.live_seconds += std::min(worker.death, run_.makespan);
      if (worker.death != kNever) deaths.push_back(worker.death);
    }
    std::sort(deaths.begin(), deaths.end());
    double live = static_cast<double>(workers_.size());
    double left = run_.useful, time = 0;
    for (const double death : deaths) {
      if (live * (death - time) >= left) break;
      left -= live * (death - time);
      time = death;
      --live;
    }
    run_.work_bound = time + left / live;
    std::vector<double> ends(tasks_.size());
    for (std::size_t task = 0; task < tasks_.size(); ++task) {
      for (const std::size_t input : tasks_[task].inputs) {
        ends[task] = std::max(ends[task], ends[input]);
      }
      ends[task] += took_[task];
      run_.chain_bound = std::max(run_.chain_bound, ends[task]);
    }
  }

  const std::vector<SchedulerTask>& tasks_;
  const std::vector<double>& seconds_;
  const CrewConditions& conditions_;
  Scheduler scheduler_;
  std::vector<Worker> workers_;
  std::vector<std::uint32_t> tries_;  // leases so far, by task
  std::vector<double> took_;          // of the results that counted
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
  double now_ = 0;
  CrewRun run_;
};

}  // namespace

double uniform(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  // SplitMix64's mixing of each word in turn.
  std::uint64_t state = seed;
  for (const std::uint64_t word : {a, b}) {
    state += word + 0x9e3779b97f4a7c15U;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
    state ^= state >> 31;
  }
  return static_cast<double>(state >> 11) * 0x1p-53;
}

CrewRun simulate(const std::vector<SchedulerTask>& tasks,
                 const std::vector<double>& seconds,
                 const CrewConditions& conditions,
                 const SchedulerPolicy& policy) {
  return Crew(tasks, seconds, conditions, policy).run();
}

}  // namespace coxswain::tests
