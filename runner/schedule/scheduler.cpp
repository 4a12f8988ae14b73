#include "runner/schedule/scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace coxswain::runner {
namespace {

// Numbers values in order of appearance, from `first`.
template <typename T>
class Numbering {
 public:
  explicit Numbering(std::uint32_t first) : next_(first) {}
  std::uint32_t operator()(T value) {
    const auto [place, is_new] = numbers_.emplace(value, next_);
    if (is_new) ++next_;
    return place->second;
  }
  std::size_t size() const { return next_; }

 private:
  std::unordered_map<T, std::uint32_t> numbers_;
  std::uint32_t next_;
};

}  // namespace

Scheduler::Scheduler(const std::vector<SchedulerTask>& tasks,
                     const std::set<std::size_t>& done, SchedulerPolicy policy)
    : graph_(tasks, done),
      policy_(policy),
      tasks_(tasks.size()),
      open_(tasks.size()),
      rates_(0),
      ready_(0) {
  Numbering<std::uint32_t> kinds(0);
  Numbering<std::uint64_t> groups(1);
  double most = 0;
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    const SchedulerTask& given = tasks[task];
    Task& one = tasks_[task];
    one.cost = given.cost;
    one.kind = kinds(given.kind);
    one.group = given.resident == 0 ? 0 : groups(given.resident);
    one.missing = static_cast<std::uint32_t>(given.inputs.size());
    one.inputs = one.missing;
    one.soft = given.soft;
    assert((!one.soft || graph_.dependents(task).empty()) &&
           "nothing depends on a part");
    most = std::max(most, given.cost);
  }
  // A task without a cost counts as work all the same, or a group of such tasks
  // would look empty.
  if (most > 0) least_work_ = most * 1e-9;
  left_.resize(kinds.size());
  rates_ = TaskRates(kinds.size());
  ready_ = ReadyTasks(groups.size());
  for (const Task& task : tasks_) count_left(task, 1);
  // Tasks of the journal are completed without ever being leased, in the order
  // of the plan.
  for (const std::size_t task : done) {
    assert(task < tasks_.size());
    if (tasks_[task].state != TaskState::done) complete(task);
  }
  for (std::size_t rank = 0; rank < tasks_.size(); ++rank) {
    const std::size_t task = graph_.at_rank(rank);
    if (tasks_[task].state == TaskState::waiting && tasks_[task].missing == 0) {
      make_ready(task);
    }
  }
}

void Scheduler::add_worker(int worker, double now) {
  if (crew_.add(worker, now)) came_alive(worker);
}

void Scheduler::heard(int worker, double now, Crew::Sign sign) {
  if (crew_.heard(worker, sign, now)) came_alive(worker);
}

void Scheduler::came_alive(int worker) {
  assert(crew_.at(worker).live());
  ready_.arrive(crew_.at(worker).group);
}

Scheduler::Finished Scheduler::finish(std::size_t task, int worker,
                                      double now) {
  if (task >= tasks_.size()) return Finished::unknown;
  const auto ended = end_lease(task, worker, now);
  if (ended && ended->seconds) observe(worker, tasks_[task], *ended->seconds);
  switch (tasks_[task].state) {
    case TaskState::waiting:
      return Finished::unknown;
    case TaskState::done:
      return Finished::copy;
    case TaskState::quarantined:
      revive(task);  // late, but there it is
      break;
    case TaskState::ready:
    case TaskState::leased:
      break;
  }
  Task& one = tasks_[task];
  // Of a late result its caller knows that it is of the inputs there are now.
  if (one.soft && one.state != TaskState::leased) one.lacking = one.missing;
  if (one.lacking > 0) return finish_part(task);
  complete(task);
  return Finished::first;
}

Scheduler::Finished Scheduler::finish_part(std::size_t task) {
  Task& one = tasks_[task];
  assert(one.soft && one.lacking > 0);
  end_ownership(task);
  // Another input came while it was computed, or may come yet.
  if (one.missing < one.lacking || one.bad < one.missing) {
    one.state = TaskState::waiting;
    one.attempts = one.lacking = 0;
    if (can_start(one)) make_ready(task);
    return Finished::partial;
  }
  one.lacking = 0;
  close(task, TaskState::quarantined);
  ++quarantined_;
  return Finished::partial;
}

std::vector<std::size_t> Scheduler::take_ready() {
  return std::exchange(became_ready_, {});
}

void Scheduler::satisfy(std::size_t task) {
  assert(task < tasks_.size() && tasks_[task].state == TaskState::ready);
  Task& one = tasks_[task];
  one.lacking = one.missing;
  if (one.lacking > 0) {
    finish_part(task);
  } else {
    complete(task);
  }
}

void Scheduler::lessen(std::size_t task, double cost) {
  assert(task < tasks_.size() && tasks_[task].state == TaskState::ready);
  Task& one = tasks_[task];
  assert(cost >= 0);
  if (cost >= one.cost) return;
  ready_.erase(ready_task(task), failed_on(task));
  count_left(one, -1);
  one.cost = cost;
  count_left(one, 1);
  ready_.insert(ready_task(task), failed_on(task));
}

std::vector<std::size_t> Scheduler::fail(std::size_t task, int worker,
                                         double now, Again again) {
  std::vector<std::size_t> out;
  if (task >= tasks_.size() || !end_lease(task, worker, now)) return out;
  Task& one = tasks_[task];
  if (one.state == TaskState::leased && one.copier == worker) {
    note_failure(task, worker);
    one.copier.reset();  // `copied` stays: no other copy is made
  } else {
    give_back(task, worker,
              again == Again::maybe ? Count::attempt : Count::last, out);
  }
  return out;
}

std::vector<std::size_t> Scheduler::lose(int worker, double now) {
  std::vector<std::size_t> out;
  const Crew::Member* member = crew_.find(worker);
  if (member == nullptr) return out;
  const auto state =
      past_deadline(*member, now) ? WorkerState::hangs : WorkerState::lost;
  Count count = Count::attempt;  // of the first alone
  for (const Crew::Lease& lease : take_from(worker, state)) {
    give_back(lease.task, worker, std::exchange(count, Count::nothing), out);
  }
  return out;
}

void Scheduler::leave(int worker) {
  if (crew_.find(worker) == nullptr) return;
  std::vector<std::size_t> none;
  for (const Crew::Lease& lease : take_from(worker, WorkerState::left)) {
    give_back(lease.task, worker, Count::nothing, none);
  }
  assert(none.empty() && "what is no attempt quarantines nothing");
}

std::deque<Crew::Lease> Scheduler::take_from(int worker, WorkerState state) {
  const Crew::Member& member = crew_.at(worker);
  if (member.live()) ready_.leave(member.group);
  roomy_.erase(worker);
  return crew_.lose(worker, state);
}

std::optional<Crew::Ended> Scheduler::end_lease(std::size_t task, int worker,
                                                double now) {
  if (crew_.heard(worker, Crew::Sign::result, now)) came_alive(worker);
  const auto ended = crew_.end(worker, task, now);
  const Crew::Member* member = crew_.find(worker);
  if (member == nullptr) return ended;
  update_due(*member);
  if (member->leases.empty()) {
    roomy_.erase(worker);
  } else {
    roomy_.insert(worker);
  }
  return ended;
}

void Scheduler::observe(int worker, const Task& task, double seconds) {
  const Crew::Member& member = crew_.at(worker);
  // Of results that arrive together only the first has a time; the others were
  // computed within it.
  if (seconds <= 0 && member.observed_kind == task.kind) {
    rates_.extend(task.kind, member.observation, task.cost);
    return;
  }
  const bool first = !rates_.seconds(task.kind, task.cost);
  crew_.observed(worker, task.kind,
                 rates_.observe(task.kind, task.cost, seconds));
  if (!first) return;
  // Done once a kind: now it is known when those under way fall behind.
  for (const Crew::Member* busy : crew_.by_start()) update_due(*busy);
}

const FailedOn& Scheduler::failed_on(std::size_t task) const {
  static const FailedOn nobody;
  const auto found = failed_on_.find(task);
  return found == failed_on_.end() ? nobody : found->second;
}

void Scheduler::note_failure(std::size_t task, int worker) {
  FailedOn& failed = failed_on_[task];
  const auto place = std::lower_bound(failed.begin(), failed.end(), worker);
  if (place == failed.end() || *place != worker) failed.insert(place, worker);
}

ReadyTask Scheduler::ready_task(std::size_t task) const {
  return {graph_.rank(task), static_cast<std::uint32_t>(task),
          tasks_[task].group, graph_.chain(task),
          tasks_[task].cost + least_work_};
}

bool Scheduler::can_start(const Task& task) {
  if (!task.soft) return task.missing == 0;
  return task.missing == task.bad &&
         (task.missing < task.inputs || task.inputs == 0);
}

void Scheduler::make_ready(std::size_t task) {
  assert(can_start(tasks_[task]));
  tasks_[task].state = TaskState::ready;
  tasks_[task].lacking = 0;
  became_ready_.push_back(task);
  ready_.insert(ready_task(task), failed_on(task));
}

void Scheduler::end_ownership(std::size_t task) {
  Task& one = tasks_[task];
  if (one.state == TaskState::ready) {
    ready_.erase(ready_task(task), failed_on(task));
  }
  if (one.state == TaskState::leased) --leased_;
  one.owner.reset();
  one.copier.reset();
  one.copied = false;
  failed_on_.erase(task);
}

void Scheduler::complete(std::size_t task) {
  assert(tasks_[task].state != TaskState::done &&
         tasks_[task].state != TaskState::quarantined);
  end_ownership(task);
  close(task, TaskState::done);
  ++done_;
  for (const std::size_t dependent : graph_.dependents(task)) {
    Task& next = tasks_[dependent];
    assert(next.missing > 0);
    --next.missing;
    if (next.state == TaskState::waiting && can_start(next)) {
      make_ready(dependent);
    }
  }
}

void Scheduler::give_back(std::size_t task, int worker, Count count,
                          std::vector<std::size_t>& out) {
  Task& one = tasks_[task];
  if (one.state != TaskState::leased) return;  // done by another meanwhile
  assert(one.owner && (one.owner == worker || one.copier == worker));
  if (one.copier == worker) {
    one.copier.reset();
    one.copied = false;
    assert(one.owner && "a copy has an original");
    update_due(crew_.at(*one.owner));
    return;
  }
  if (count != Count::nothing) note_failure(task, worker);
  if (one.copier) {  // what was a copy is the next attempt
    one.owner = *one.copier;
    one.copier.reset();
    one.copied = false;
    // The copy may end a task whose attempts are used up: it was under way
    // before the last one failed.
    if (count != Count::nothing && one.attempts < policy_.attempts) {
      ++one.attempts;
    }
    update_due(crew_.at(*one.owner));
    return;
  }
  one.owner.reset();
  assert(leased_ > 0 && one.attempts > 0);
  --leased_;
  if (count == Count::nothing) --one.attempts;
  if (count == Count::last ||
      (count == Count::attempt && one.attempts >= policy_.attempts)) {
    quarantine(task, out);
  } else if (can_start(one)) {
    make_ready(task);
  } else {
    one.state = TaskState::waiting;  // for an input that may come after all
  }
}

void Scheduler::quarantine(std::size_t task, std::vector<std::size_t>& out) {
  std::size_t at = out.size();
  out.push_back(task);
  for (; at < out.size(); ++at) {
    close(out[at], TaskState::quarantined);
    ++quarantined_;
    for (const std::size_t dependent : graph_.dependents(out[at])) {
      Task& next = tasks_[dependent];
      ++next.bad;
      if (next.state != TaskState::waiting) continue;
      if (can_start(next)) {
        make_ready(dependent);
      } else if (next.soft ? next.bad == next.inputs : next.bad == 1) {
        out.push_back(dependent);
      }
    }
  }
}

void Scheduler::revive(std::size_t task) {
  assert(tasks_[task].state == TaskState::quarantined);
  std::vector<std::size_t> again{task};
  for (std::size_t at = 0; at < again.size(); ++at) {
    Task& one = tasks_[again[at]];
    // A soft task may be named once for each of its inputs.
    if (one.state != TaskState::quarantined) continue;
    one.state = TaskState::waiting;
    // With an input more it is tried anew.
    if (at > 0) one.attempts = 0;
    ++open_;
    --quarantined_;
    count_left(one, 1);
    longest_ = std::min<std::size_t>(longest_, graph_.rank(again[at]));
    for (const std::size_t dependent : graph_.dependents(again[at])) {
      Task& next = tasks_[dependent];
      assert(next.bad > 0);
      --next.bad;
      if ((next.bad == 0 || next.soft) &&
          next.state == TaskState::quarantined) {
        again.push_back(dependent);
      }
      // It would have done without what may come after all.
      if (next.state == TaskState::ready && !can_start(next)) {
        ready_.erase(ready_task(dependent), failed_on(dependent));
        next.state = TaskState::waiting;
      }
    }
  }
}

void Scheduler::close(std::size_t task, TaskState state) {
  assert(open_ > 0);
  assert(state == TaskState::done || state == TaskState::quarantined);
  tasks_[task].state = state;
  --open_;
  count_left(tasks_[task], -1);
  const auto closed = [this](std::size_t one) {
    return tasks_[one].state == TaskState::done ||
           tasks_[one].state == TaskState::quarantined;
  };
  while (longest_ < tasks_.size() && closed(graph_.at_rank(longest_))) {
    ++longest_;
  }
}

void Scheduler::count_left(const Task& task, int sign) {
  Left& left = left_[task.kind];
  std::size_t& tasks = task.cost > 0 ? left.costly : left.costless;
  if (sign > 0) {
    ++tasks;
    left.cost += task.cost;
  } else {
    assert(tasks > 0);
    --tasks;
    // Rounding would leave a rest of a million subtractions.
    left.cost = left.costly == 0 ? 0 : left.cost - task.cost;
  }
}

}  // namespace coxswain::runner
