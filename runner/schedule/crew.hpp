#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runner/schedule/ready_tasks.hpp"
#include "runner/schedule/task_rates.hpp"

namespace coxswain::runner {

// The workers: who is alive, what each holds, has loaded and when it last said
// something. Knows nothing of what tasks depend on. Times never go back, so
// that lists in order of time need no sorting; every call is logarithmic.
class Crew {
 public:
  struct Lease {
    std::size_t task = 0;
    double seconds = 0;  // expected when it was given; 0 if nothing was known
  };
  enum class Life : std::uint8_t { lost, stuck, live };
  struct Member {
    int id = 0;
    Life life = Life::lost;
    double heard = 0;           // last sign of life
    double start = 0;           // since when it computes the first lease
    std::deque<Lease> leases;   // computed in this order
    double lead = 0;            // expected seconds of all but the first
    std::uint32_t group = 0;    // of ReadyTasks, loaded; 0: none
    std::optional<double> due;  // see set_due
    TaskRates::Observation observation{};  // the last, and of which kind
    std::optional<std::size_t> observed_kind;

    bool live() const { return life == Life::live; }
    bool idle() const { return live() && leases.empty(); }

    std::list<Member*>::iterator by_heard, by_start;
  };
  // A lease that came to its end; `seconds` if it was the one being computed.
  struct Ended {
    Lease lease;
    std::optional<double> seconds;
  };
  // What a sign of life proves: a worker that is stuck in a task may still
  // beat, only results show that it computes.
  enum class Sign : std::uint8_t { beat, result };

  Crew() = default;
  Crew(Crew&&) = default;
  Crew& operator=(Crew&&) = default;

  // A new worker, or a sign of one; true if it is alive by that and was not.
  bool add(int worker, double now);
  bool heard(int worker, Sign sign, double now);
  // None if it was never added.
  const Member* find(int worker) const;
  const Member& at(int worker) const { return members_.at(worker); }
  std::size_t live() const { return by_heard_.size(); }

  void give(int worker, const Lease& lease, double now);
  std::optional<Ended> end(int worker, std::size_t task, double now);
  // Lost, or stuck: takes its leases away.
  std::deque<Lease> lose(int worker, Life life);

  void load(int worker, std::uint32_t group);
  void observed(int worker, std::size_t kind, TaskRates::Observation which);
  // When its next lease falls behind; none: never.
  void set_due(int worker, std::optional<double> due);

  // Whether a worker may have a task that failed on some: on others than it, or
  // on everybody alive.
  bool may_have(int worker, const FailedOn& failed) const;

  // Live workers without a lease by (group, id); with one by (due, id).
  const std::set<std::pair<std::uint32_t, int>>& idle() const { return idle_; }
  const std::set<std::pair<double, int>>& due() const { return due_; }
  // Live workers, the longest silent first; those with a lease, the longest at
  // it first.
  const std::list<Member*>& by_heard() const { return by_heard_; }
  const std::list<Member*>& by_start() const { return by_start_; }

 private:
  bool revive(Member& member, double now);
  void start_first(Member& member, double now);
  void stop(Member& member);

  std::unordered_map<int, Member> members_;
  std::list<Member*> by_heard_, by_start_;
  std::set<std::pair<std::uint32_t, int>> idle_;
  std::set<std::pair<double, int>> due_;
};

}  // namespace coxswain::runner
