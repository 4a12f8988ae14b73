#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "runner/schedule/crew.hpp"
#include "runner/schedule/ready_tasks.hpp"
#include "runner/schedule/task_graph.hpp"
#include "runner/schedule/task_rates.hpp"

namespace coxswain::runner {

// When a worker, a lease or a task is given up, and how far ahead is leased.
struct SchedulerPolicy {
  std::uint32_t attempts = 3;     // then a task is quarantined
  double silence = 30;            // s without a word: a worker is lost
  double patience = 20;           // a lease's deadline, in expected durations
  double least_deadline = 600;    // s, however short a task is expected to be
  double straggler = 2;           // expected durations until a lease is copied
  double least_straggler = 1;     // s, however short a task is
  double lead = 0.02;             // s of work that a worker may hold beyond the
                                  // task it computes ...
  std::uint32_t most_held = 256;  // ... and how many leases at most
  double spare = 1.5;  // expected durations that a task is given before the end
};

// How far a task is.
enum class TaskState : std::uint8_t {
  waiting,  // for inputs
  ready,
  leased,
  done,
  quarantined,
};

// Whether a task that failed may do better another time.
enum class Again : std::uint8_t { maybe, never };

// A lease to be sent.
struct Assignment {
  std::size_t task = 0;
  int worker = 0;
  std::uint32_t attempt = 0;  // from 1
  bool copy = false;          // a straggler's second copy, of the same attempt
};

// Decides which task goes to whom and when it is given up. A pure state
// machine: no messages, no files, no clock, no threads. Events come in,
// decisions go out; times are the caller's, in seconds from any fixed moment,
// never going back.
//
// Ready tasks with the longest chain of work behind them come first. Tasks that
// need the same model or SAE loaded are kept together on few workers: a worker
// leaves what it has loaded if nothing of it is ready, or if others have it too
// and something that nobody has loaded is more urgent. No worker idles while
// there is a ready task that it may have.
//
// An event or a decision takes logarithmic time in tasks and workers, and
// linear in what it changes (the leases of a lost worker, the dependents of a
// task).
//
// A soft task is leased once each of its inputs is done or was given up and
// one is done. What it gives without some of them is a part: the task counts as
// given up, and is leased again if one of those comes after all.
class Scheduler {
 public:
  // `done` are tasks that a journal already has.
  Scheduler(const std::vector<SchedulerTask>& tasks,
            const std::set<std::size_t>& done, SchedulerPolicy policy = {});

  // A worker that is to come; it need not be announced.
  void expect(int worker, double now) { crew_.expect(worker, now); }
  // A worker that may be given tasks from now on. Of one that is alive no more
  // than a sign of life.
  void add_worker(int worker, double now);
  // A message. A lost worker is alive again by a beat, unless it was given up
  // for a lease past its deadline: then only a result shows that it works.
  void heard(int worker, double now, Crew::Sign sign = Crew::Sign::beat);
  // A result, whoever it is from; of a soft task that is not leased, one made
  // of the inputs that are done now. Workers compute their leases in the order
  // they were given; each starts when the one before has ended.
  enum class Finished : std::uint8_t {
    first,    // it counts
    partial,  // it counts, and is of a part of the inputs alone
    copy,     // the task was done already: the two may be compared
    unknown,  // nobody can have computed that
  };
  Finished finish(std::size_t task, int worker, double now);
  // A failed attempt: the task goes back, to another worker as long as there is
  // one alive that has not failed it, or is quarantined with everything that
  // depends on it, at once if it can never do better. Returns what was
  // quarantined, the task first. A failed copy is not a failed task, nor is
  // what was not leased to that worker.
  std::vector<std::size_t> fail(std::size_t task, int worker, double now,
                                Again again = Again::maybe);
  // Tasks that became ready since this was last asked, in that order; some may
  // not be any more. Who knows a result of one says so with satisfy().
  std::vector<std::size_t> take_ready();
  // A ready task's result was there all along, or that of the part of its
  // inputs that is done: nobody computes it, and no rate is learned.
  void satisfy(std::size_t task);
  // A ready task takes less than it was said to: some of it is known.
  void lessen(std::size_t task, double cost);
  // Whether the task has to do without some input: as it is leased, or would
  // be.
  bool partial(std::size_t task) const {
    assert(task < tasks_.size());
    const Task& one = tasks_[task];
    return one.state == TaskState::leased ? one.lacking > 0 : one.missing > 0;
  }
  // A worker is gone: its leases go back. Only the one that it computed counts
  // as an attempt. Returns what was quarantined by that.
  std::vector<std::size_t> lose(int worker, double now);
  // A worker took its leave: its leases go back, none counts as an attempt.
  void leave(int worker);
  // Leases nothing more.
  void drain() { draining_ = true; }
  bool draining() const { return draining_; }
  // Everything must have ended by then. When the next task would not, it
  // drains: those after it wait for the next start, too.
  void end_at(double time) { end_ = time; }
  bool out_of_time() const { return out_of_time_; }

  // The next lease to send; none for now. To be called until there is none.
  std::optional<Assignment> next(double now);
  // Workers to lose: silent ones, and those with a lease past its deadline.
  // Tasks of a kind of which none has ended yet have no deadline.
  struct Overdue {
    int worker = 0;
    std::optional<std::size_t> task;  // none: silence
  };
  std::vector<Overdue> overdue(double now) const;

  TaskState state(std::size_t task) const {
    assert(task < tasks_.size());
    return tasks_[task].state;
  }
  std::uint32_t attempts(std::size_t task) const {
    assert(task < tasks_.size());
    return tasks_[task].attempts;
  }
  // Nothing is left that could still be done.
  bool finished() const { return open_ == 0; }
  std::size_t leased() const { return leased_; }
  std::size_t done() const { return done_; }
  std::size_t quarantined() const { return quarantined_; }
  std::size_t workers() const { return crew_.live(); }  // alive
  // What is known of each worker's life.
  const Crew& crew() const { return crew_; }
  // Seconds of the task on a worker, from what tasks of its kind took; none
  // before one was seen.
  std::optional<double> expected(std::size_t task) const {
    assert(task < tasks_.size());
    return rates_.seconds(tasks_[task].kind, tasks_[task].cost);
  }
  // Seconds until the end if the workers alive go on as they did; none while
  // that is a guess: before the first loads of models are a small part of what
  // was seen, or while most of what is left is of kinds that were not. Looks at
  // every busy worker: not for each event.
  std::optional<double> expected_left(double now) const;
  // How much of a task is computed, 0 to 1; 0 while nothing is known of its
  // kind, never 1 before it is done.
  double part_done(std::size_t task, double now) const;

 private:
  // A task as it stands now; what never changes of it is in the graph.
  struct Task {
    double cost = 0;
    std::uint32_t kind = 0, group = 0;  // numbered from 0
    TaskState state = TaskState::waiting;
    bool copied = false;         // this attempt was
    std::uint32_t attempts = 0;  // begun, without copies
    std::uint32_t missing = 0;   // inputs that are not done
    std::uint32_t bad = 0;       // inputs that are quarantined
    std::uint32_t inputs = 0;
    std::uint32_t lacking = 0;  // `missing` when it was leased
    bool soft = false;
    std::optional<int> owner, copier;  // who has a lease of it
  };
  // What is not done nor quarantined, by kind.
  struct Left {
    double cost = 0;
    std::size_t costly = 0, costless = 0;  // tasks
  };
  // Whether a lease that comes back was one of the task's attempts, or the last
  // that it is given.
  enum class Count : std::uint8_t { attempt, last, nothing };
  // The first of a worker's leases that may be copied, and from when on.
  struct Behind {
    std::size_t task = 0;
    double due = 0;
  };

  void came_alive(int worker);
  std::optional<Crew::Ended> end_lease(std::size_t task, int worker,
                                       double now);
  std::deque<Crew::Lease> take_from(int worker, WorkerState state);
  void observe(int worker, const Task& task, double seconds);
  const FailedOn& failed_on(std::size_t task) const;
  void note_failure(std::size_t task, int worker);
  ReadyTask ready_task(std::size_t task) const;
  static bool can_start(const Task& task);
  void make_ready(std::size_t task);
  void end_ownership(std::size_t task);
  Finished finish_part(std::size_t task);
  void complete(std::size_t task);
  void give_back(std::size_t task, int worker, Count count,
                 std::vector<std::size_t>& out);
  void quarantine(std::size_t task, std::vector<std::size_t>& out);
  void revive(std::size_t task);
  void close(std::size_t task, TaskState state);
  void count_left(const Task& task, int sign);

  // In scheduler_decisions.cpp:
  ReadyTasks::Allowed allowed(int worker) const;
  std::optional<ReadyTask> choose(const Crew::Member& member) const;
  std::optional<Assignment> next_for_idle(double now);
  std::optional<int> idle_with(std::uint32_t group, std::size_t task) const;
  std::optional<int> idle_for_copy(std::size_t task) const;
  bool ends_in_time(std::size_t task, double now) const;
  std::optional<Assignment> next_copy(double now);
  std::optional<Assignment> next_lead(double now);
  std::optional<std::size_t> lead_for(const Crew::Member& member) const;
  Assignment lease(std::size_t task, int worker, double now);
  Assignment lease_copy(std::size_t task, int worker, double now);
  void give(std::size_t task, int worker, double now);
  std::optional<Behind> behind(const Crew::Member& member) const;
  void update_due(const Crew::Member& member);
  bool past_deadline(const Crew::Member& member, double now) const;
  double computed(const Crew::Member& member, double now) const;
  bool enough_was_seen() const;

  TaskGraph graph_;
  SchedulerPolicy policy_;
  std::vector<Task> tasks_;
  double least_work_ = 1;  // so that tasks without a cost count as well
  std::unordered_map<std::size_t, FailedOn> failed_on_;
  std::vector<Left> left_;
  std::size_t longest_ = 0;  // rank of the first open task
  std::size_t open_ = 0, leased_ = 0, done_ = 0, quarantined_ = 0;
  bool draining_ = false;
  std::optional<double> end_;
  bool out_of_time_ = false;
  TaskRates rates_;
  ReadyTasks ready_;
  Crew crew_;
  std::vector<std::size_t> became_ready_;
  std::set<int> roomy_;  // busy workers that might take another lease
};

}  // namespace coxswain::runner
