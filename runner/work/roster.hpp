#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace coxswain::runner {

enum class WorkerState : std::uint8_t {
  expected,  // has not said hello
  here,
  lost,  // silent, hung or unfit; it may come back
  left,  // said goodbye
};

enum class Lost : std::uint8_t {
  silent,  // nothing is heard of it
  hangs,   // it is there, but a task does not end
};

struct HeldLease {
  std::size_t task = 0;
  double since = 0;  // s, of the coordinator's clock
};

struct RosterEntry {
  WorkerState state = WorkerState::expected;
  std::string host, gpu;       // as Hello has them
  std::string numerics;        // likewise
  std::deque<HeldLease> held;  // the first one is computed
  bool hangs = false;
  double heard = 0;  // s, of the coordinator's clock
  std::size_t tasks_done = 0;
  double seconds_computing = 0;  // of the tasks done
};

// The workers as the coordinator knows them, by rank. Keeps no clock.
class Roster {
 public:
  Roster(int workers, double now);

  // It can compute (again).
  void hello(int worker, const std::string& host, const std::string& gpu);
  void computes_with(int worker, const std::string& numerics) {
    members_.at(worker).numerics = numerics;
  }
  void heard(int worker, double now) { members_.at(worker).heard = now; }
  void lost(int worker, Lost how);
  void left(int worker) { members_.at(worker).state = WorkerState::left; }
  void leased(int worker, std::size_t task, double now);
  // A task came back, done or not.
  void returned(int worker, std::size_t task, double now);
  void computed(int worker, double seconds);

  const RosterEntry& at(int worker) const { return members_.at(worker); }
  const std::map<int, RosterEntry>& members() const { return members_; }
  std::size_t count(WorkerState state) const;

 private:
  std::map<int, RosterEntry> members_;
};

}  // namespace coxswain::runner
