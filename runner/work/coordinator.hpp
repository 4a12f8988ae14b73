#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "cluster/channel.hpp"
#include "runner/base/device_kinds.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/plan/plan.hpp"
#include "runner/schedule/scheduler.hpp"
#include "runner/work/bulletin.hpp"
#include "runner/work/fault_points.hpp"
#include "runner/work/known_work.hpp"
#include "runner/work/protocol.hpp"
#include "runner/work/worker_accounts.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// The error of a start that is not the newest on its directory any more: it
// writes nothing from then on.
class Superseded : public ProgramError {
 public:
  using ProgramError::ProgramError;
};

// What a start may choose of its coordinator.
struct CoordinatorOptions {
  SchedulerPolicy policy;
  double heartbeat = 1;  // s between a worker's signs of life
  double goodbye = 10;   // s that workers have to take their leave
  FaultHook reached;
  std::function<double()> clock;  // s, never going back
  std::optional<double> until;  // of this clock: begin nothing that ends later
  DeviceKinds kinds = DeviceKinds::one;
};

// Rank 0: leases tasks, journals their results, hands them on. Never computes
// and never waits for one worker: turn() handles what is at hand and returns.
class Coordinator {
 public:
  // `state` is the journal as replayed, without commits that can't be read;
  // commits are added to it as they become durable.
  Coordinator(const Plan& plan, storage::JournalState& state,
              storage::Journal& journal, const storage::RunDirectory& run,
              cluster::Channel& channel, Bulletin& bulletin,
              CoordinatorOptions options);

  // One round: messages in, journal synced once for all of them, leases out.
  // True if there was anything to do. Throws ProgramError when the run can't go
  // on: no worker is left, another kind of machine, Superseded.
  bool turn();
  // Leases nothing more; what is under way is waited for.
  void drain() { scheduler_.drain(); }
  // Every worker was told to finish and took its leave, or did not in time.
  bool finished() const { return finished_; }

  const Scheduler& scheduler() const { return scheduler_; }
  // One for each worker of the channel.
  const WorkerAccounts& accounts() const { return accounts_; }

 private:
  void handle(int worker, ProtocolMessage message);
  void handle(int worker, const Hello& hello);
  void handle(int worker, const Unfit& unfit);
  void handle(int worker, Done done);
  bool is_stale(const Done& done) const;
  void take(int worker, Done done);
  void commit(std::size_t task, storage::Commit commit);
  void take_what_is_known();
  void give_up_rest(std::size_t task);
  void compare(int worker, const Done& done);
  void failed(int worker, const Done& done);
  void quarantine(const std::vector<std::size_t>& tasks, std::size_t cause,
                  storage::Failure failure);
  void lose(int worker, const std::string& why,
            storage::FailureKind kind = storage::FailureKind::lost);
  void make_durable();
  void look_around();
  void refuse_superseded() const;
  void refuse_empty_crew();
  void lease();
  void send_lease(const Assignment& assignment);
  TaskData input(std::size_t task, InputBulk bulk) const;
  void add_known(const Assignment& assignment, Lease& lease);
  void finish_if_over();
  double read_clock();
  RunPhase phase() const {
    return scheduler_.draining() ? RunPhase::draining : RunPhase::running;
  }

  const Plan& plan_;
  storage::JournalState& state_;
  storage::Journal& journal_;
  const std::string journal_folder_;
  cluster::Channel& channel_;
  CoordinatorOptions options_;
  double raw_ = 0, stalled_ = 0;  // the clock, and what of it doesn't count
  double now_ = 0;
  double looked_ = 0;  // when look_around() was last called
  Scheduler scheduler_;
  KnownWork known_;
  WorkerAccounts accounts_;
  Bulletin& bulletin_;
  std::map<std::size_t, storage::Key> contents_;  // of tasks done here
  std::optional<double> alone_since_;             // no worker was left
  std::optional<ProgramError> unfit_;             // what the last one said
  std::optional<double> told_;                    // when Finish was sent
  bool unsynced_ = false;
  bool finished_ = false;
};

// Tells workers that were never welcomed that nothing will come, and waits
// until that has left.
void release_workers(cluster::Channel& channel);

}  // namespace coxswain::runner
