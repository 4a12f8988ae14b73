#include <algorithm>
#include <cassert>
#include <limits>

#include "runner/schedule/scheduler.hpp"

namespace coxswain::runner {

std::optional<Assignment> Scheduler::next(double now) {
  if (draining_) return std::nullopt;
  // Idle workers first: a copy or a lead must not take what one of them waits
  // for.
  if (auto given = next_for_idle(now)) return given;
  if (draining_) return std::nullopt;  // nothing would have ended in time
  if (auto given = next_copy(now)) return given;
  return next_lead(now);
}

ReadyTasks::Allowed Scheduler::allowed(int worker) const {
  return [this, worker](const FailedOn& failed) {
    return crew_.may_have(worker, failed);
  };
}

std::optional<ReadyTask> Scheduler::choose(const Crew::Member& member) const {
  const ReadyTasks::Allowed may = allowed(member.id);
  std::optional<ReadyTask> chosen;
  if (member.group != 0) chosen = ready_.best(member.group, may);
  // Whoever is alone with what it has loaded stays: to leave would mean that
  // somebody else loads it again.
  if (!chosen || ready_.workers(member.group) > 1) {
    const auto unclaimed = ready_.best_unclaimed(may);
    if (unclaimed && (!chosen || unclaimed->chain > chosen->chain)) {
      chosen = unclaimed;
    }
  }
  // Tasks that need nothing loaded cost nobody a load: they go by rank alone.
  const auto needs_nothing = ready_.best(0, may);
  if (needs_nothing && (!chosen || *needs_nothing < *chosen)) {
    return needs_nothing;
  }
  return chosen ? chosen : ready_.best_claimed(may);
}

std::optional<Assignment> Scheduler::next_for_idle(double now) {
  if (ready_.size() == 0) return std::nullopt;
  // Passes over few: who may have nothing at all has failed whatever is ready.
  for (const auto& [group, worker] : crew_.idle()) {
    const auto task = choose(crew_.at(worker));
    if (!task) continue;
    if (!ends_in_time(task->task, now)) {
      out_of_time_ = draining_ = true;
      return std::nullopt;
    }
    // The task was chosen for one worker, but goes to an idle one that has its
    // model or SAE loaded, if there is one.
    const auto loaded = idle_with(task->group, task->task);
    return lease(task->task, loaded.value_or(worker), now);
  }
  return std::nullopt;
}

// A task of unknown length may be tried for as long as there is time.
bool Scheduler::ends_in_time(std::size_t task, double now) const {
  return !end_ || now + policy_.spare * expected(task).value_or(0) < *end_;
}

std::optional<int> Scheduler::idle_with(std::uint32_t group,
                                        std::size_t task) const {
  if (group == 0) return std::nullopt;
  const auto& idle = crew_.idle();
  for (auto one = idle.lower_bound({group, std::numeric_limits<int>::min()});
       one != idle.end() && one->first == group; ++one) {
    if (crew_.may_have(one->second, failed_on(task))) return one->second;
  }
  return std::nullopt;
}

std::optional<int> Scheduler::idle_for_copy(std::size_t task) const {
  if (const auto loaded = idle_with(tasks_[task].group, task)) return loaded;
  for (const auto& [group, worker] : crew_.idle()) {
    if (crew_.may_have(worker, failed_on(task))) return worker;
  }
  return std::nullopt;
}

std::optional<Assignment> Scheduler::next_copy(double now) {
  if (crew_.idle().empty()) return std::nullopt;
  const auto& due = crew_.due();
  for (auto first = due.begin(); first != due.end() && first->first <= now;) {
    const Crew::Member& member = crew_.at(first->second);
    ++first;
    // The list was made when less was known of how long tasks take.
    update_due(member);
    if (!member.due || *member.due > now) continue;
    const std::size_t task = behind(member)->task;
    // No drain for a copy: its task is under way elsewhere all the same.
    if (!ends_in_time(task, now)) continue;
    if (const auto worker = idle_for_copy(task)) {
      return lease_copy(task, *worker, now);
    }
  }
  return std::nullopt;
}

std::optional<Assignment> Scheduler::next_lead(double now) {
  // With fewer tasks than workers a lead would keep tasks from workers that
  // become idle.
  while (!roomy_.empty() && ready_.size() >= crew_.live()) {
    const int worker = *roomy_.begin();
    if (const auto task = lead_for(crew_.at(worker))) {
      return lease(*task, worker, now);
    }
    roomy_.erase(roomy_.begin());  // until one of its leases has ended
  }
  return std::nullopt;
}

std::optional<std::size_t> Scheduler::lead_for(
    const Crew::Member& member) const {
  if (member.leases.size() >= policy_.most_held) return std::nullopt;
  const ReadyTasks::Allowed may = allowed(member.id);
  auto chosen = ready_.best(0, may);
  if (member.group != 0) {
    const auto own = ready_.best(member.group, may);
    if (own && (!chosen || *own < *chosen)) chosen = own;
  }
  if (!chosen) return std::nullopt;
  // A lease in advance is to hide the way of a message, no more: it can't be
  // taken back. One of unknown length could hold the others up for hours.
  const auto seconds = expected(chosen->task);
  if (!seconds || member.lead + *seconds >= policy_.lead) return std::nullopt;
  return chosen->task;
}

Assignment Scheduler::lease(std::size_t task, int worker, double now) {
  Task& one = tasks_[task];
  assert(one.state == TaskState::ready && crew_.at(worker).live());
  ready_.erase(ready_task(task), failed_on(task));
  one.state = TaskState::leased;
  one.lacking = one.missing;
  one.owner = worker;
  one.copied = false;
  ++one.attempts;
  ++leased_;
  give(task, worker, now);
  return {task, worker, one.attempts, false};
}

Assignment Scheduler::lease_copy(std::size_t task, int worker, double now) {
  Task& one = tasks_[task];
  assert(one.state == TaskState::leased && one.owner && !one.copied);
  assert(one.owner != worker && "a copy is for somebody else");
  one.copier = worker;
  one.copied = true;
  give(task, worker, now);
  update_due(crew_.at(*one.owner));
  return {task, worker, one.attempts, true};
}

void Scheduler::give(std::size_t task, int worker, double now) {
  const Crew::Member& member = crew_.at(worker);
  const std::uint32_t group = tasks_[task].group;
  // A worker is counted for what it will have loaded from now on, not from when
  // it has: the next decision has to know.
  if (group != 0 && group != member.group) {
    ready_.leave(member.group);
    crew_.load(worker, group);
    ready_.arrive(group);
  }
  crew_.give(worker, {task, expected(task).value_or(0)}, now);
  update_due(member);
  roomy_.insert(worker);
}

std::optional<Scheduler::Behind> Scheduler::behind(
    const Crew::Member& member) const {
  // Leases are computed in their order, so the second is behind only after the
  // time of both.
  double seconds = 0;
  for (const Crew::Lease& lease : member.leases) {
    const auto one = expected(lease.task);
    if (!one) return std::nullopt;
    seconds += *one;
    const Task& task = tasks_[lease.task];
    if (task.state == TaskState::leased && !task.copied) {
      return Behind{lease.task,
                    member.start + std::max(policy_.straggler * seconds,
                                            policy_.least_straggler)};
    }
  }
  return std::nullopt;
}

void Scheduler::update_due(const Crew::Member& member) {
  const auto next = behind(member);
  crew_.set_due(member.id, next ? std::optional(next->due) : std::nullopt);
}

bool Scheduler::past_deadline(const Crew::Member& member, double now) const {
  if (member.leases.empty()) return false;
  const auto seconds = expected(member.leases.front().task);
  return seconds && member.start + std::max(policy_.least_deadline,
                                            policy_.patience * *seconds) <=
                        now;
}

std::vector<Scheduler::Overdue> Scheduler::overdue(double now) const {
  std::vector<Overdue> out;
  const auto silent = [&](const Crew::Member& member) {
    return member.heard + policy_.silence <= now;
  };
  // Both lists are in order of time: the first that is in time ends the search.
  for (const Crew::Member* member : crew_.by_heard()) {
    if (!silent(*member)) break;
    out.push_back({member->id, std::nullopt});
  }
  for (const Crew::Member* member : crew_.by_start()) {
    if (member->start + policy_.least_deadline > now) break;
    if (!silent(*member) && past_deadline(*member, now)) {
      out.push_back({member->id, member->leases.front().task});
    }
  }
  return out;
}

// A worker's first task shows what loading takes as well. A twenty-fifth of all
// FLOPs is enough, and so are two tasks a worker and one more.
bool Scheduler::enough_was_seen() const {
  double left = 0, of_seen_kinds = 0;
  for (std::size_t kind = 0; kind < left_.size(); ++kind) {
    left += left_[kind].cost;
    if (rates_.seconds(kind, 1)) of_seen_kinds += left_[kind].cost;
  }
  const bool enough = rates_.cost() * 25 >= rates_.cost() + left ||
                      rates_.costly() > 2 * crew_.live();
  return enough && 2 * of_seen_kinds >= left;
}

std::optional<double> Scheduler::expected_left(double now) const {
  if (crew_.live() == 0 || !enough_was_seen()) return std::nullopt;
  const auto overall = rates_.overall();
  double seconds = 0;
  for (std::size_t kind = 0; kind < left_.size(); ++kind) {
    const Left& left = left_[kind];
    if (left.costly > 0) {
      const auto rate = rates_.seconds(kind, 1);
      if (!rate && !overall) return std::nullopt;
      seconds += left.cost * (rate ? *rate : *overall);
    }
    if (left.costless > 0) {
      const auto each = rates_.seconds(kind, 0);
      if (!each && !overall) return std::nullopt;
      seconds += static_cast<double>(left.costless) * each.value_or(0);
    }
  }
  for (const Crew::Member* member : crew_.by_start()) {
    seconds -= computed(*member, now);
  }
  seconds = std::max(seconds, 0.0) / static_cast<double>(crew_.live());
  if (longest_ == tasks_.size() || !overall) return seconds;
  // However many workers there are, the longest chain is computed one task
  // after the other.
  const std::size_t first = graph_.at_rank(longest_);
  double chain = graph_.chain(first) * *overall;
  if (const auto owner = tasks_[first].owner) {
    const Crew::Member& member = crew_.at(*owner);
    assert(!member.leases.empty() && "an owner holds its task");
    if (member.leases.front().task == first) chain -= computed(member, now);
  }
  return std::max(seconds, chain);
}

double Scheduler::part_done(std::size_t task, double now) const {
  assert(task < tasks_.size());
  constexpr double kMost = 0.95;
  const Task& one = tasks_[task];
  if (one.state == TaskState::done) return 1;
  if (!one.owner) return 0;
  const Crew::Member& member = crew_.at(*one.owner);
  const auto expected_seconds = expected(task);
  if (member.leases.empty() || member.leases.front().task != task ||
      !expected_seconds || *expected_seconds <= 0) {
    return 0;
  }
  return std::clamp((now - member.start) / *expected_seconds, 0.0, kMost);
}

double Scheduler::computed(const Crew::Member& member, double now) const {
  assert(!member.leases.empty());
  const std::size_t task = member.leases.front().task;
  if (tasks_[task].owner != member.id) return 0;  // done already, or a copy
  return std::min(now - member.start, expected(task).value_or(0));
}

}  // namespace coxswain::runner
