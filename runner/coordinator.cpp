#include "runner/coordinator.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "runner/exit_code.hpp"
#include "storage/digest.hpp"

namespace coxswain::runner {
namespace {

std::vector<SchedulerTask> scheduler_tasks(const Plan& plan) {
  std::vector<SchedulerTask> tasks;
  for (const PlannedTask& task : plan.tasks) {
    tasks.push_back({task.inputs});
  }
  return tasks;
}

// FLOPs of the tasks that are `wanted`.
double cost_of(const Plan& plan,
               const std::function<bool(std::size_t task)>& wanted) {
  double cost = 0;
  for (std::size_t task = 0; task < plan.tasks.size(); ++task) {
    if (wanted(task)) cost += plan.tasks[task].flops;
  }
  return cost;
}

}  // namespace

void drop_unreadable(const Plan& plan, const storage::RunDirectory& run,
                     storage::JournalState& state) {
  for (const PlannedTask& task : plan.tasks) {
    const auto commit = state.commits.find(task.key);
    if (commit == state.commits.end() || commit->second.bulk.file.empty()) {
      continue;
    }
    try {
      storage::read_shard(run.path(), commit->second.bulk);
    } catch (const storage::StorageError&) {
      state.commits.erase(commit);
    }
  }
}

std::set<std::size_t> tasks_done(const Plan& plan,
                                 const storage::JournalState& state) {
  std::set<std::size_t> done;
  for (std::size_t task = 0; task < plan.tasks.size(); ++task) {
    if (state.commits.contains(plan.tasks[task].key)) done.insert(task);
  }
  return done;
}

void release_workers(cluster::Channel& channel) {
  for (int worker = 1; worker < channel.size(); ++worker) {
    channel.send(worker, pack(Finish{}));
  }
  while (!channel.flushed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Coordinator::Coordinator(const Plan& plan, storage::JournalState& state,
                         storage::Journal& journal,
                         const storage::RunDirectory& run,
                         cluster::Channel& channel)
    : plan_(plan),
      state_(state),
      journal_(journal),
      channel_(channel),
      scheduler_(scheduler_tasks(plan), tasks_done(plan, state)),
      progress_(plan.tasks.size(),
                cost_of(plan, [](std::size_t) { return true; }),
                scheduler_.done(), cost_of(plan, [this](std::size_t task) {
                  return scheduler_.state(task) == TaskState::done;
                })) {
  const std::string path = std::filesystem::absolute(run.path()).string();
  for (int worker = 1; worker < channel_.size(); ++worker) {
    channel_.send(worker,
                  pack(Welcome{journal_.epoch(), path, plan.sweep.threads}));
  }
}

bool Coordinator::turn() {
  bool busy = false;
  while (auto message = channel_.receive()) {
    handle(message->from, unpack(message->bytes));
    busy = true;
  }
  if (busy) journal_.sync();  // once for all results at hand
  if (!finished_) {
    lease_to_idle();
    finish_if_over();
  }
  channel_.flushed();
  return busy;
}

void Coordinator::handle(int worker, ProtocolMessage message) {
  if (auto* hello = std::get_if<Hello>(&message)) {
    handle(worker, *hello);
  } else if (auto* done = std::get_if<Done>(&message)) {
    handle(worker, std::move(*done));
  }
}

void Coordinator::handle(int worker, const Hello& hello) {
  if (state_.numerics.empty()) {
    state_.numerics = hello.numerics;
    journal_.numerics(hello.numerics);
  } else if (state_.numerics != hello.numerics) {
    // Equal bytes are promised for one kind of device and library alone.
    throw ProgramError(
        ExitCode::cluster,
        fmt::format("worker {} on {} computes with \"{}\", this run with "
                    "\"{}\"; a run stays with one kind: run it on the same "
                    "kind of machine with the same threads, or begin another "
                    "with --out",
                    worker, hello.host, hello.numerics, state_.numerics));
  }
  hosts_[worker] = hello.host;
  scheduler_.add_worker(worker);
  idle_.push_back(worker);
}

void Coordinator::handle(int worker, Done done) {
  idle_.push_back(worker);
  if (done.epoch != journal_.epoch() || done.task >= plan_.tasks.size()) {
    return;  // of an older start
  }
  const PlannedTask& task = plan_.tasks[done.task];
  const auto rank = static_cast<std::uint32_t>(worker);
  if (done.ok) {
    if (!scheduler_.finish(done.task)) return;
    storage::Commit commit{task.key,
                           rank,
                           done.attempt,
                           done.seconds,
                           std::move(done.result.bytes),
                           std::move(done.result.place),
                           journal_.epoch()};
    journal_.committed(commit);
    state_.quarantined.erase(task.key);
    state_.commits[task.key] = std::move(commit);
    progress_.task_done(task.flops);
    return;
  }
  progress_.note(fmt::format("{} task {} failed on worker {}: {}",
                             name_of(jobs::kind_of(task.task)), done.task,
                             worker, done.reason));
  journal_.failed({task.key, rank, done.attempt, done.reason});
  for (const std::size_t given_up : scheduler_.fail(done.task, worker)) {
    const storage::Failure failure{plan_.tasks[given_up].key, rank,
                                   done.attempt,
                                   given_up == done.task ? done.reason : ""};
    journal_.quarantined(failure);
    state_.quarantined[failure.task] = failure;
  }
}

TaskData Coordinator::input(std::size_t task, InputBulk bulk) const {
  const storage::Commit& commit = state_.commits.at(plan_.tasks[task].key);
  // Who wants the bulk wants nothing else, and there may be very many.
  if (commit.result.empty() ||
      (bulk == InputBulk::wanted && !commit.bulk.file.empty())) {
    return {"", commit.bulk};
  }
  return {commit.result, {}};
}

void Coordinator::lease_to_idle() {
  if (draining_) return;
  std::deque<int> waiting;  // idle workers that nothing is ready for
  for (; !idle_.empty(); idle_.pop_front()) {
    const int worker = idle_.front();
    if (const auto task = scheduler_.lease(worker)) {
      send_lease(*task, worker);
    } else {
      waiting.push_back(worker);
    }
  }
  idle_ = std::move(waiting);
}

void Coordinator::send_lease(std::size_t task, int worker) {
  Lease lease;
  lease.epoch = journal_.epoch();
  lease.task = task;
  lease.attempt = scheduler_.attempts(task);
  lease.work = plan_.tasks[task].task;
  for (const std::size_t one : plan_.tasks[task].inputs) {
    lease.inputs.push_back(input(one, plan_.tasks[task].input_bulk));
  }
  journal_.leased(plan_.tasks[task].key, static_cast<std::uint32_t>(worker),
                  lease.attempt);
  channel_.send(worker, pack(std::move(lease)));
}

void Coordinator::finish_if_over() {
  const bool nothing_to_give = scheduler_.finished() || draining_;
  // Workers that have not said hello yet would wait for ever: they are waited
  // for here.
  const bool all_idle =
      std::ssize(idle_) == channel_.size() - 1 && scheduler_.leased() == 0;
  if (!nothing_to_give || !all_idle) return;
  release_workers(channel_);
  finished_ = true;
}

}  // namespace coxswain::runner
