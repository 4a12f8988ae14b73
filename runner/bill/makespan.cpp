#include "runner/bill/makespan.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <tuple>

#include "runner/schedule/task_graph.hpp"

namespace coxswain::runner {
namespace {

using Needs = std::array<int, 2>;

TaskGraph graph_of(const std::vector<TimedTask>& tasks) {
  std::vector<SchedulerTask> nodes;
  for (const TimedTask& task : tasks) {
    nodes.push_back({task.inputs, task.seconds, 0, 0});
  }
  return {nodes, {}};
}

// The scheduler is not asked: it learns how long tasks take, needs their ends
// one by one and leases ahead, where a bill knows all lengths and wants an
// answer at once for every number of workers.
class Play {
 public:
  Play(const std::vector<TimedTask>& tasks,
       const std::vector<double>& load_seconds, int workers)
      : tasks_(tasks),
        load_seconds_(load_seconds),
        graph_(graph_of(tasks)),
        missing_(tasks.size()),
        resident_(static_cast<std::size_t>(workers), Needs{-1, -1}) {
    result_.loads.assign(load_seconds.size(), 0);
    for (int worker = 0; worker < workers; ++worker) idle_.insert(worker);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      missing_[i] = tasks[i].inputs.size();
      if (missing_[i] == 0) make_ready(i);
    }
  }

  Makespan run() {
    lease();
    while (!running_.empty()) {
      const double now = std::get<0>(running_.top());
      result_.seconds = now;
      // All that ends at once is taken first: who is idle then chooses among
      // everything that has become ready.
      while (!running_.empty() && std::get<0>(running_.top()) <= now) {
        const auto [end, worker, task] = running_.top();
        running_.pop();
        idle_.insert(worker);
        for (const std::size_t dependent : graph_.dependents(task)) {
          assert(missing_[dependent] > 0);
          if (--missing_[dependent] == 0) make_ready(dependent);
        }
      }
      lease();
    }
    return result_;
  }

 private:
  // Longest chain first, then in the order of the plan.
  using Rank = std::pair<double, std::size_t>;

  void make_ready(std::size_t task) {
    assert(missing_[task] == 0 && tasks_[task].seconds >= 0);
    assert(std::ranges::all_of(tasks_[task].needs, [&](int load) {
      return load < std::ssize(load_seconds_);
    }));
    ready_[tasks_[task].needs].insert({-graph_.chain(task), task});
  }

  double loading(int worker, const Needs& needs) const {
    double seconds = 0;
    for (std::size_t kind = 0; kind < needs.size(); ++kind) {
      if (loads(worker, needs, kind)) {
        seconds += load_seconds_[static_cast<std::size_t>(needs[kind])];
      }
    }
    return seconds;
  }

  bool loads(int worker, const Needs& needs, std::size_t kind) const {
    assert(0 <= worker && worker < std::ssize(resident_));
    return needs[kind] >= 0 &&
           resident_[static_cast<std::size_t>(worker)][kind] != needs[kind];
  }

  void lease() {
    while (!idle_.empty() && !ready_.empty()) {
      const int worker = *idle_.begin();
      idle_.erase(idle_.begin());
      start(worker, take(worker));
    }
  }

  // Compares one task of each group, the first: tasks of a group load the same
  // things, so that only their chains tell them apart.
  std::size_t take(int worker) {
    assert(!ready_.empty());
    auto best = ready_.begin();
    double best_score = -std::numeric_limits<double>::infinity();
    for (auto group = ready_.begin(); group != ready_.end(); ++group) {
      const double score =
          -group->second.begin()->first - loading(worker, group->first);
      if (score > best_score) {
        best = group;
        best_score = score;
      }
    }
    const std::size_t task = best->second.begin()->second;
    best->second.erase(best->second.begin());
    if (best->second.empty()) ready_.erase(best);
    return task;
  }

  void start(int worker, std::size_t task) {
    const Needs& needs = tasks_[task].needs;
    const double seconds = loading(worker, needs) + tasks_[task].seconds;
    for (std::size_t kind = 0; kind < needs.size(); ++kind) {
      if (!loads(worker, needs, kind)) continue;
      ++result_.loads[static_cast<std::size_t>(needs[kind])];
      resident_[static_cast<std::size_t>(worker)][kind] = needs[kind];
    }
    running_.push({result_.seconds + seconds, worker, task});
  }

  using Running = std::tuple<double, int, std::size_t>;  // end, worker, task

  const std::vector<TimedTask>& tasks_;
  const std::vector<double>& load_seconds_;
  TaskGraph graph_;
  std::vector<std::size_t> missing_;
  std::vector<Needs> resident_;  // by worker
  std::map<Needs, std::set<Rank>> ready_;
  std::set<int> idle_;
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running_;
  Makespan result_;
};

}  // namespace

Makespan makespan(const std::vector<TimedTask>& tasks,
                  const std::vector<double>& load_seconds, int workers) {
  return Play(tasks, load_seconds, std::max(1, workers)).run();
}

double longest_chain(const std::vector<TimedTask>& tasks) {
  const TaskGraph graph = graph_of(tasks);
  return tasks.empty() ? 0 : graph.chain(graph.at_rank(0));
}

}  // namespace coxswain::runner
