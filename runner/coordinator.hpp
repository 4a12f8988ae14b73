#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "cluster/channel.hpp"
#include "runner/plan.hpp"
#include "runner/progress.hpp"
#include "runner/protocol.hpp"
#include "runner/scheduler.hpp"
#include "storage/journal.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {

// Rank 0: leases tasks, journals their results, hands them on. Never computes
// and never waits for one worker: turn() handles what is at hand and returns.
class Coordinator {
 public:
  // `state` is the journal as replayed, without commits that can't be read;
  // commits are added to it as they become durable.
  Coordinator(const Plan& plan, storage::JournalState& state,
              storage::Journal& journal, const storage::RunDirectory& run,
              cluster::Channel& channel);

  // One round: messages in, journal synced once for all of them, leases out.
  // True if there was anything to do.
  bool turn();
  // Leases nothing more.
  void drain() { draining_ = true; }
  // Every worker was told to finish, and nothing is under way.
  bool finished() const { return finished_; }

  const Scheduler& scheduler() const { return scheduler_; }
  // Where the workers that said hello run.
  const std::map<int, std::string>& hosts() const { return hosts_; }

 private:
  void handle(int worker, ProtocolMessage message);
  void handle(int worker, const Hello& hello);
  void handle(int worker, Done done);
  void lease_to_idle();
  void send_lease(std::size_t task, int worker);
  TaskData input(std::size_t task, InputBulk bulk) const;
  void finish_if_over();

  const Plan& plan_;
  storage::JournalState& state_;
  storage::Journal& journal_;
  cluster::Channel& channel_;
  Scheduler scheduler_;
  Progress progress_;
  std::deque<int> idle_;
  std::map<int, std::string> hosts_;
  bool draining_ = false;
  bool finished_ = false;
};

// Forgets commits whose shard record is gone or damaged: their tasks are
// computed again, and nothing later has to wonder.
void drop_unreadable(const Plan& plan, const storage::RunDirectory& run,
                     storage::JournalState& state);

// Which of the plan's tasks are committed.
std::set<std::size_t> tasks_done(const Plan& plan,
                                 const storage::JournalState& state);

// Tells every worker that nothing will come, and waits until that has left.
void release_workers(cluster::Channel& channel);

}  // namespace coxswain::runner
