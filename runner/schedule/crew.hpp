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

// A worker's life. Only a live one is given tasks.
enum class WorkerState : std::uint8_t {
  expected,  // has not said hello
  live,
  hangs,  // given up for a task that does not end: only a result revives it
  lost,   // silent or unfit: any sign of life revives it
  left,   // said goodbye
};

// The workers: who is alive, what each holds, has loaded and when it last said
// something. Knows nothing of what tasks depend on. Times never go back, so
// that lists in order of time need no sorting; every call but count() is
// logarithmic.
class Crew {
 public:
  // A task that a worker was given.
  struct Lease {
    std::size_t task = 0;
    double seconds = 0;  // expected when it was given; 0 if nothing was known
  };
  struct Member {
    int id = 0;
    WorkerState state = WorkerState::expected;
    bool greeted = false;       // said hello at least once
    double heard = 0;           // last word; before one, since when expected
    double start = 0;           // since when it computes the first lease
    std::deque<Lease> leases;   // computed in this order
    double lead = 0;            // expected seconds of all but the first
    std::uint32_t group = 0;    // of ReadyTasks, loaded; 0: none
    std::optional<double> due;  // see set_due
    TaskRates::Observation observation{};  // the last, and of which kind
    std::optional<std::size_t> observed_kind;

    bool live() const { return state == WorkerState::live; }
    bool idle() const { return live() && leases.empty(); }

    std::list<Member*>::iterator by_heard, by_start;  // its places there
  };
  // A lease that came to its end; `seconds` if it was the one being computed.
  struct Ended {
    Lease lease;
    std::optional<double> seconds;
  };
  // What a message proves of its worker.
  enum class Sign : std::uint8_t {
    word,    // nothing: its last one may be why it ends
    beat,    // it is there; it may do so while it hangs
    result,  // it computes
  };

  Crew() = default;
  Crew(Crew&&) = default;
  Crew& operator=(Crew&&) = default;

  // A worker that is to come.
  void expect(int worker, double now);
  // A hello, or another message; true if it is alive by that and was not. Who
  // never said hello is revived by nothing else.
  bool add(int worker, double now);
  bool heard(int worker, Sign sign, double now);
  // None if it was neither expected nor added.
  const Member* find(int worker) const;
  const Member& at(int worker) const { return members_.at(worker); }
  std::size_t live() const { return by_heard_.size(); }
  std::size_t count(WorkerState state) const;

  void give(int worker, const Lease& lease, double now);
  std::optional<Ended> end(int worker, std::size_t task, double now);
  // It is `state` from now on, which is not live: takes its leases away.
  std::deque<Lease> lose(int worker, WorkerState state);

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
