#include "runner/schedule/crew.hpp"

#include <algorithm>
#include <cassert>

namespace coxswain::runner {

bool Crew::revive(Member& member, double now) {
  if (member.live()) return false;
  member.state = WorkerState::live;
  member.heard = now;
  member.by_heard = by_heard_.insert(by_heard_.end(), &member);
  idle_.emplace(member.group, member.id);
  return true;
}

void Crew::expect(int worker, double now) {
  assert(find(worker) == nullptr && "expected once, before it is added");
  Member& member = members_[worker];
  member.id = worker;
  member.heard = now;
}

bool Crew::add(int worker, double now) {
  Member& member = members_[worker];
  member.id = worker;
  member.greeted = true;
  if (!member.live()) {  // a new process: what it had loaded is gone
    member.group = 0;
    member.observed_kind.reset();
    return revive(member, now);
  }
  heard(worker, Sign::beat, now);
  return false;
}

bool Crew::heard(int worker, Sign sign, double now) {
  const auto found = members_.find(worker);
  if (found == members_.end()) return false;
  Member& member = found->second;
  member.heard = now;
  if (member.live()) {
    by_heard_.splice(by_heard_.end(), by_heard_, member.by_heard);
    return false;
  }
  if (!member.greeted || sign == Sign::word) return false;
  if (member.state == WorkerState::hangs && sign != Sign::result) return false;
  return revive(member, now);
}

std::size_t Crew::count(WorkerState state) const {
  return static_cast<std::size_t>(std::count_if(
      members_.begin(), members_.end(),
      [state](const auto& one) { return one.second.state == state; }));
}

const Crew::Member* Crew::find(int worker) const {
  const auto found = members_.find(worker);
  return found == members_.end() ? nullptr : &found->second;
}

void Crew::give(int worker, const Lease& lease, double now) {
  Member& member = members_.at(worker);
  assert(member.live() && "leases are for the living");
  member.leases.push_back(lease);
  if (member.leases.size() > 1) {
    member.lead += lease.seconds;
    return;
  }
  member.lead = 0;
  member.start = now;
  member.by_start = by_start_.insert(by_start_.end(), &member);
  idle_.erase({member.group, member.id});
}

void Crew::start_first(Member& member, double now) {
  member.start = now;
  if (member.leases.empty()) {
    stop(member);
    idle_.emplace(member.group, member.id);
    return;
  }
  by_start_.splice(by_start_.end(), by_start_, member.by_start);
}

void Crew::stop(Member& member) {
  assert(member.live());
  by_start_.erase(member.by_start);
  member.lead = 0;
  set_due(member.id, std::nullopt);
}

std::optional<Crew::Ended> Crew::end(int worker, std::size_t task, double now) {
  const auto found = members_.find(worker);
  if (found == members_.end() || found->second.leases.empty()) {
    return std::nullopt;
  }
  Member& member = found->second;
  const auto lease =
      std::find_if(member.leases.begin(), member.leases.end(),
                   [task](const Lease& one) { return one.task == task; });
  if (lease == member.leases.end()) {
    // The worker was still at a lease that was taken from it, and begins the
    // next one only now.
    start_first(member, now);
    return std::nullopt;
  }
  Ended ended{*lease, std::nullopt};
  const bool first = lease == member.leases.begin();
  member.leases.erase(lease);
  if (!first) {
    member.lead -= ended.lease.seconds;
    return ended;
  }
  ended.seconds = now - member.start;
  member.lead = member.leases.size() > 1
                    ? member.lead - member.leases.front().seconds
                    : 0;  // no rounding is carried along
  start_first(member, now);
  return ended;
}

std::deque<Crew::Lease> Crew::lose(int worker, WorkerState state) {
  assert(state != WorkerState::live && state != WorkerState::expected);
  Member& member = members_.at(worker);
  if (member.idle()) {
    idle_.erase({member.group, member.id});
  } else if (member.live()) {
    stop(member);
  }
  if (member.live()) by_heard_.erase(member.by_heard);
  member.state = state;
  return std::exchange(member.leases, {});
}

void Crew::load(int worker, std::uint32_t group) {
  Member& member = members_.at(worker);
  if (member.idle()) {
    idle_.erase({member.group, worker});
    idle_.emplace(group, worker);
  }
  member.group = group;
}

void Crew::observed(int worker, std::size_t kind,
                    TaskRates::Observation which) {
  Member& member = members_.at(worker);
  member.observed_kind = kind;
  member.observation = which;
}

void Crew::set_due(int worker, std::optional<double> due) {
  Member& member = members_.at(worker);
  if (member.due == due) return;
  assert((!due || !member.leases.empty()) && "only leases fall behind");
  if (member.due) due_.erase({*member.due, worker});
  if (due) due_.emplace(*due, worker);
  member.due = due;
}

// A task that failed on all that are alive may be tried on any of them again:
// the machine need not be why, and its attempts are counted.
bool Crew::may_have(int worker, const FailedOn& failed) const {
  assert(std::is_sorted(failed.begin(), failed.end()));
  if (!std::binary_search(failed.begin(), failed.end(), worker)) return true;
  const auto live = std::count_if(failed.begin(), failed.end(), [&](int one) {
    const Member* member = find(one);
    return member != nullptr && member->live();
  });
  return static_cast<std::size_t>(live) == by_heard_.size();
}

}  // namespace coxswain::runner
