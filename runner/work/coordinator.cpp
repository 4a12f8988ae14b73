#include "runner/work/coordinator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <filesystem>
#include <thread>

#include "runner/base/exit_code.hpp"
#include "runner/plan/memory_budget.hpp"
#include "runner/stages/committed.hpp"
#include "runner/work/failure_policy.hpp"
#include "runner/work/scheduler_tasks.hpp"
#include "storage/files/digest.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/journal_segments.hpp"

namespace coxswain::runner {
void release_workers(cluster::Channel& channel) {
  for (int worker = 1; worker < channel.size(); ++worker) {
    channel.send(worker, pack(Finish{}));
  }
  // What is not flushed may still lie in a buffer of MPI, which ends with this
  // process.
  while (!channel.flushed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Coordinator::Coordinator(const Plan& plan, storage::JournalState& state,
                         storage::Journal& journal,
                         const storage::RunDirectory& run,
                         cluster::Channel& channel, Bulletin& bulletin,
                         CoordinatorOptions options)
    : plan_(plan),
      state_(state),
      journal_(journal),
      journal_folder_(run.journal_folder()),
      channel_(channel),
      options_(std::move(options)),
      raw_(options_.clock()),
      now_(raw_),
      looked_(raw_),
      scheduler_(scheduler_tasks(plan), tasks_done(plan, state),
                 options_.policy),
      known_(plan, state, run),
      bulletin_(bulletin) {
  options_.reached(FaultPoint::journal_opened);
  const std::string path = std::filesystem::absolute(run.path()).string();
  const std::string welcome =
      pack(Welcome{journal_.epoch(), path, plan.sweep.threads,
                   options_.heartbeat, resident_bytes(plan)});
  for (int worker = 1; worker < channel_.size(); ++worker) {
    accounts_[worker];
    scheduler_.expect(worker, now_);
    channel_.send(worker, welcome);
  }
}

// Time in which this process was stopped, or waited for a disk, says nothing
// of the workers.
double Coordinator::read_clock() {
  constexpr double kStall = 1;  // s
  const double raw = options_.clock();
  if (raw - raw_ > kStall) {
    stalled_ += raw - raw_;
    looked_ = 0;  // who knows what happened meanwhile
  }
  raw_ = raw;
  return raw - stalled_;
}

bool Coordinator::turn() {
  // A flood of messages must not keep results from being synced.
  constexpr int kMostAtOnce = 4096;
  now_ = read_clock();
  int handled = 0;
  for (; handled < kMostAtOnce; ++handled) {
    auto message = channel_.receive();
    if (!message) break;
    handle(message->from, unpack(message->bytes));
  }
  look_around();
  if (!finished_) take_what_is_known();
  // Before any lease: a task may be leased only when what it takes is on the
  // disk.
  make_durable();
  bulletin_.tell_if_due(phase(), scheduler_, accounts_, now_);
  if (!finished_) {
    lease();
    journal_.flush();
    finish_if_over();
  }
  channel_.flushed();
  return handled > 0;
}

void Coordinator::handle(int worker, ProtocolMessage message) {
  const bool beats = std::holds_alternative<Done>(message) ||
                     std::holds_alternative<Alive>(message);
  scheduler_.heard(worker, now_, beats ? Crew::Sign::beat : Crew::Sign::word);
  if (auto* hello = std::get_if<Hello>(&message)) {
    handle(worker, *hello);
  } else if (auto* done = std::get_if<Done>(&message)) {
    handle(worker, std::move(*done));
  } else if (auto* unfit = std::get_if<Unfit>(&message)) {
    handle(worker, *unfit);
  } else if (std::holds_alternative<Bye>(message)) {
    scheduler_.leave(worker);
  }
}

void Coordinator::handle(int worker, const Hello& hello) {
  const bool first = state_.numerics.empty();
  if (!first && options_.kinds == DeviceKinds::one &&
      state_.numerics != hello.numerics) {
    // Equal bytes are promised for one kind of device and library alone.
    throw ProgramError(
        ExitCode::cluster,
        fmt::format("worker {} on {} computes with \"{}\", this run with "
                    "\"{}\"; a run stays with one kind: run it on the same "
                    "kind of machine with the same threads, begin another "
                    "with --out, or say --mix-devices",
                    worker, hello.host, hello.numerics,
                    fmt::join(kinds_of(state_.numerics), "\" and \"")));
  }
  const std::string numerics = with_kind(state_.numerics, hello.numerics);
  if (numerics != state_.numerics) {
    state_.numerics = numerics;
    journal_.numerics(numerics);
    bulletin_.numerics(numerics);
    unsynced_ = true;
  }
  WorkerAccount& account = accounts_.at(worker);
  account.host = hello.host;
  account.gpu = hello.gpu;
  account.numerics = hello.numerics;
  scheduler_.add_worker(worker, now_);
}

void Coordinator::handle(int worker, const Unfit& unfit) {
  if (unfit.epoch != journal_.epoch()) return;
  unfit_.emplace(
      static_cast<ExitCode>(unfit.exit_code),
      fmt::format("worker {} on {}: {}", worker, unfit.host, unfit.reason));
  lose(worker, unfit.reason, unfit.kind);
}

void Coordinator::handle(int worker, Done done) {
  // A result for an older start: its tasks may be others by now.
  if (done.epoch != journal_.epoch() || done.task >= plan_.tasks.size()) {
    return;
  }
  if (!done.ok) {
    failed(worker, done);
    return;
  }
  if (is_stale(done)) {
    scheduler_.fail(done.task, worker, now_);
    return;
  }
  const std::size_t task = done.task;
  switch (scheduler_.finish(task, worker, now_)) {
    case Scheduler::Finished::first:
      take(worker, std::move(done));
      break;
    case Scheduler::Finished::partial:
      take(worker, std::move(done));
      give_up_rest(task);
      break;
    case Scheduler::Finished::copy:
      compare(worker, done);
      break;
    case Scheduler::Finished::unknown:
      break;
  }
}

// Whether a result is of other inputs than the lease that counts: one of an
// evaluation that went on without a vector which is there now, say.
bool Coordinator::is_stale(const Done& done) const {
  if (!is_soft(plan_.tasks[done.task])) return false;
  const TaskIndex task(done.task);
  const LeaseNote* note = known_.find_note(task);
  if (note == nullptr) {
    return scheduler_.state(done.task) != TaskState::done;
  }
  return note->ticket != done.ticket ||
         (scheduler_.state(done.task) != TaskState::leased &&
          !known_.is_of_today(task, *note));
}

void Coordinator::take(int worker, Done done) {
  assert(done.ok && done.task < plan_.tasks.size());
  options_.reached(FaultPoint::result_taken);
  const TaskIndex task(done.task);
  storage::Commit made{at(plan_.tasks, task).key,
                       static_cast<std::uint32_t>(worker),
                       done.attempt,
                       done.seconds,
                       std::move(done.result.bytes),
                       std::move(done.result.place),
                       journal_.epoch(),
                       known_.content_of(task)};
  WorkerAccount& account = accounts_.at(worker);
  if (const LeaseNote* note = known_.find_note(task)) {
    account.cells_computed += note->cells_left;
    if (std::ranges::count(note->lacking, true) > 0) {
      made.task = partial_key(made.task);
    }
    known_.end_note(task);
  }
  made.content.all = done.content;
  made.content.slices = std::move(done.slices);
  made.content.failed_cells = done.failed_cells;
  contents_[done.task] = done.content;
  ++account.tasks_done;
  account.seconds_computing += done.seconds;
  commit(done.task, std::move(made));
}

void Coordinator::commit(std::size_t task, storage::Commit commit) {
  commit.epoch = journal_.epoch();
  journal_.committed(commit);
  unsynced_ = true;
  const storage::Key key = commit.task;
  if (key == plan_.tasks[task].key) state_.quarantined.erase(key);
  storage::Commit& kept = state_.commits[key];
  kept = std::move(commit);
  known_.add(kept);
}

// Before anything is leased: what is in the journal by content is nobody's to
// compute, and what that makes ready may be there as well.
void Coordinator::take_what_is_known() {
  std::size_t taken = 0;
  for (auto ready = scheduler_.take_ready(); !ready.empty();
       ready = scheduler_.take_ready()) {
    for (const std::size_t task : ready) {
      if (scheduler_.state(task) != TaskState::ready) continue;
      auto whole = known_.whole(TaskIndex(task));
      if (!whole) {
        scheduler_.lessen(
            task, plan_.tasks[task].flops * known_.share_left(TaskIndex(task)));
        continue;
      }
      const bool partial = scheduler_.partial(task);
      const auto before = state_.commits.find(whole->task);
      // A part is made at every start: it is written once.
      if (before == state_.commits.end() ||
          before->second.content != whole->content) {
        commit(task, std::move(*whole));
        ++taken;
      }
      scheduler_.satisfy(task);
      if (partial) give_up_rest(task);
    }
  }
  bulletin_.reused(taken);
}

// What a task could not do without inputs that were given up.
void Coordinator::give_up_rest(std::size_t task) {
  if (scheduler_.state(task) != TaskState::quarantined) return;
  storage::Failure failure;
  for (const TaskIndex input : plan_.tasks[task].inputs) {
    const auto given_up = state_.quarantined.find(at(plan_.tasks, input).key);
    if (given_up != state_.quarantined.end()) failure = given_up->second;
  }
  quarantine({task}, plan_.tasks.size(), std::move(failure));
}

// Equal machines compute equal bytes: one of two that differ is broken.
void Coordinator::compare(int worker, const Done& done) {
  const auto first = contents_.find(done.task);
  if (first == contents_.end() || first->second == done.content) return;
  // Machines of several kinds may differ.
  if (kinds_of(state_.numerics).size() > 1) return;
  const PlannedTask& task = plan_.tasks[done.task];
  const std::uint32_t other = state_.commits.at(task.key).worker;
  const std::string sentence = fmt::format(
      "computed other bytes than worker {} on {} did; one of the two machines "
      "computes wrongly",
      other, accounts_.at(static_cast<int>(other)).host);
  bulletin_.note(fmt::format("{} task {} on worker {} on {} {}",
                             name_of(jobs::kind_of(task.task)), done.task,
                             worker, accounts_.at(worker).host, sentence));
  journal_.failed({task.key, static_cast<std::uint32_t>(worker), done.attempt,
                   sentence, storage::FailureKind::device});
}

void Coordinator::failed(int worker, const Done& done) {
  assert(!done.ok && done.task < plan_.tasks.size());
  const PlannedTask& task = plan_.tasks[done.task];
  const storage::Failure failure{task.key, static_cast<std::uint32_t>(worker),
                                 done.attempt, done.reason, done.kind};
  bulletin_.failed(worker, done.task, failure);
  journal_.failed(failure);
  unsynced_ = true;
  quarantine(
      scheduler_.fail(done.task, worker, now_, again_after(failure.kind)),
      done.task, failure);
}

void Coordinator::quarantine(const std::vector<std::size_t>& tasks,
                             std::size_t cause, storage::Failure failure) {
  const std::string reason = std::move(failure.reason);
  for (const std::size_t task : tasks) {
    assert(task < plan_.tasks.size());
    failure.task = plan_.tasks[task].key;
    // What only depends on the cause has no reason of its own.
    failure.reason = task == cause ? reason : "";
    journal_.quarantined(failure);
    unsynced_ = true;
    bulletin_.given_up(task);
    state_.quarantined[failure.task] = failure;
  }
}

void Coordinator::lose(int worker, const std::string& why,
                       storage::FailureKind kind) {
  const std::string& host = accounts_.at(worker).host;
  const auto& held = scheduler_.crew().at(worker).leases;
  std::string leases;
  for (const Crew::Lease& lease : held) {
    leases += fmt::format("{}{}", leases.empty() ? "; back goes task " : ", ",
                          lease.task);
  }
  bulletin_.note(fmt::format("worker {} on {} is lost: {}{}", worker,
                             host.empty() ? "?" : host, why, leases));
  const std::size_t computing = held.empty() ? 0 : held.front().task;
  storage::Failure failure{{},
                           static_cast<std::uint32_t>(worker),
                           0,
                           "its worker was lost: " + why,
                           kind};
  if (!held.empty()) {
    failure.task = plan_.tasks[computing].key;
    failure.attempt = scheduler_.attempts(computing);
    journal_.failed(failure);
    unsynced_ = true;
  }
  quarantine(scheduler_.lose(worker, now_), computing, std::move(failure));
}

void Coordinator::make_durable() {
  if (!unsynced_) return;
  journal_.flush();
  options_.reached(FaultPoint::journal_written);
  journal_.sync();
  options_.reached(FaultPoint::journal_synced);
  unsynced_ = false;
}

void Coordinator::refuse_superseded() const {
  if (const auto newer =
          storage::newer_epoch(journal_folder_, journal_.epoch())) {
    throw Superseded(
        ExitCode::run_in_use,
        fmt::format("start {} of this run has begun while this one (start {}) "
                    "was out of sight: this one ends, and what it had not "
                    "committed by then is computed by the other",
                    *newer, journal_.epoch()));
  }
}

// What a second may pass without: a newer start, workers that are overdue. It
// lists a folder, which on a shared file system is not free.
void Coordinator::look_around() {
  constexpr double kPause = 1;  // s
  if (now_ - looked_ < kPause) return;
  looked_ = now_;
  refuse_superseded();
  for (const Scheduler::Overdue& overdue : scheduler_.overdue(now_)) {
    if (overdue.task) {
      lose(overdue.worker,
           fmt::format("task {} takes far longer than it should",
                       *overdue.task));
    } else {
      lose(overdue.worker,
           fmt::format("not a word for {:.0f} s", options_.policy.silence));
    }
  }
  for (const auto& [worker, account] : accounts_) {
    const Crew::Member& member = scheduler_.crew().at(worker);
    if (member.state == WorkerState::expected &&
        now_ - member.heard > options_.policy.silence) {
      lose(worker, fmt::format("not a word since the start, {:.0f} s ago",
                               now_ - member.heard));
    }
  }
  refuse_empty_crew();
}

void Coordinator::refuse_empty_crew() {
  const Crew& crew = scheduler_.crew();
  if (told_ || crew.count(WorkerState::expected) + crew.live() > 0) {
    alone_since_.reset();
    return;
  }
  if (!alone_since_) alone_since_ = now_;
  if (unfit_) throw ProgramError(*unfit_);
  // A worker that was only slow may come back.
  if (now_ - *alone_since_ < options_.policy.silence) return;
  throw ProgramError(ExitCode::cluster,
                     "no worker is left; run again to go on");
}

TaskData Coordinator::input(std::size_t task, InputBulk bulk) const {
  assert(task < plan_.tasks.size() && "an input");
  const auto found = state_.commits.find(plan_.tasks[task].key);
  if (found == state_.commits.end()) return {};  // it was given up
  const storage::Commit& commit = found->second;
  if (is_read_from_shard(commit, bulk)) return {"", commit.bulk};
  return {commit.result, {}};
}

void Coordinator::lease() {
  // The end is a moment of the clock as it is read; what it stalled is taken
  // out of the scheduler's.
  if (options_.until) scheduler_.end_at(*options_.until - stalled_);
  while (const auto assignment = scheduler_.next(now_)) {
    send_lease(*assignment);
  }
}

void Coordinator::send_lease(const Assignment& assignment) {
  assert(assignment.task < plan_.tasks.size() && assignment.attempt > 0);
  assert(0 < assignment.worker && assignment.worker < channel_.size());
  const PlannedTask& task = plan_.tasks[assignment.task];
  if (assignment.copy) {
    bulletin_.note(fmt::format(
        "{} task {} takes longer than it should: a copy goes to worker {}",
        name_of(jobs::kind_of(task.task)), assignment.task, assignment.worker));
  }
  Lease lease;
  lease.epoch = journal_.epoch();
  lease.task = assignment.task;
  lease.attempt = assignment.attempt;
  lease.work = task.task;
  for (const TaskIndex one : task.inputs) {
    lease.inputs.push_back(input(one.number(), task.input_bulk));
  }
  if (is_soft(task)) add_known(assignment, lease);
  journal_.leased(task.key, static_cast<std::uint32_t>(assignment.worker),
                  lease.attempt);
  options_.reached(FaultPoint::leased);
  channel_.send(assignment.worker, pack(std::move(lease)));
}

// What is known of an evaluation's cells goes with it. A copy is of the same
// inputs as what it is a copy of, whatever came meanwhile.
void Coordinator::add_known(const Assignment& assignment, Lease& lease) {
  const TaskIndex task(assignment.task);
  const LeaseNote* before = assignment.copy ? known_.find_note(task) : nullptr;
  const LeaseNote& note = before != nullptr ? *before : known_.note(task);
  assert(note.lacking.size() == lease.inputs.size());
  for (std::size_t i = 0; i < lease.inputs.size(); ++i) {
    if (note.lacking[i]) lease.inputs[i] = {};
  }
  lease.ticket = note.ticket;
  if (!note.known.empty()) lease.inputs.push_back({note.known, {}});
}

void Coordinator::finish_if_over() {
  if (!told_) {
    // A copy that is still computed is nobody's concern; a drain waits.
    const bool over = scheduler_.finished() ||
                      (scheduler_.draining() && scheduler_.leased() == 0);
    if (!over) return;
    refuse_superseded();  // what follows is for the newest start to do
    for (int worker = 1; worker < channel_.size(); ++worker) {
      channel_.send(worker, pack(Finish{}));
    }
    told_ = now_;
    bulletin_.tell(phase(), scheduler_, accounts_, now_);
  }
  const Crew& crew = scheduler_.crew();
  const bool all_gone =
      crew.live() == 0 && crew.count(WorkerState::expected) == 0;
  finished_ = all_gone || now_ - *told_ > options_.goodbye;
}

}  // namespace coxswain::runner
