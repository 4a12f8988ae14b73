#include "runner/work/roster.hpp"

#include <algorithm>

namespace coxswain::runner {

Roster::Roster(int workers, double now) {
  for (int worker = 1; worker <= workers; ++worker) {
    members_[worker].heard = now;
  }
}

void Roster::hello(int worker, const std::string& host,
                   const std::string& gpu) {
  RosterEntry& member = members_.at(worker);
  member.state = WorkerState::here;
  member.hangs = false;
  member.host = host;
  member.gpu = gpu;
}

void Roster::lost(int worker, Lost how) {
  RosterEntry& member = members_.at(worker);
  member.state = WorkerState::lost;
  member.hangs = how == Lost::hangs;
  member.held.clear();
}

void Roster::leased(int worker, std::size_t task, double now) {
  members_.at(worker).held.push_back({task, now});
}

void Roster::returned(int worker, std::size_t task, double now) {
  std::deque<HeldLease>& held = members_.at(worker).held;
  const auto lease = std::ranges::find(held, task, &HeldLease::task);
  if (lease == held.end()) return;
  const bool first = lease == held.begin();
  held.erase(lease);
  if (first && !held.empty()) held.front().since = now;
}

void Roster::computed(int worker, double seconds) {
  RosterEntry& member = members_.at(worker);
  ++member.tasks_done;
  member.seconds_computing += seconds;
}

std::size_t Roster::count(WorkerState state) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      members_,
      [state](const auto& member) { return member.second.state == state; }));
}

}  // namespace coxswain::runner
