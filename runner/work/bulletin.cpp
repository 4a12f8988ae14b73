#include "runner/work/bulletin.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "runner/base/clock.hpp"
#include "runner/base/counted.hpp"
#include "runner/status/stage_count.hpp"
#include "runner/work/task_work.hpp"

namespace coxswain::runner {
namespace {

std::vector<StageCount> stages_of(const Plan& plan,
                                  const std::vector<double>& work,
                                  const storage::JournalState& state) {
  return count_stages(plan, [&](std::size_t task) {
    const bool done = state.commits.contains(plan.tasks[task].key);
    return TaskView{done ? TaskState::done : TaskState::waiting, 0, work[task],
                    0};
  });
}

WorkerPhase phase_of(const Crew::Member& member) {
  switch (member.state) {
    case WorkerState::expected:
      return WorkerPhase::silent;
    case WorkerState::hangs:
    case WorkerState::lost:
      return WorkerPhase::lost;
    case WorkerState::live:
    case WorkerState::left:
      break;
  }
  return member.leases.empty() ? WorkerPhase::idle : WorkerPhase::computing;
}

}  // namespace

Bulletin::Bulletin(const Plan& plan, const storage::RunDirectory& run,
                   const storage::RunIdentity& identity,
                   const storage::JournalState& state, std::uint64_t epoch,
                   ProgressSink sink, const Calibration* calibration)
    : plan_(plan),
      work_(task_work(plan, calibration)),
      failed_(plan.tasks.size()),
      keeper_(run, identity, epoch, unix_seconds),
      progress_(stages_of(plan, work_, state), std::move(sink)) {
  keeper_.numerics(state.numerics);
}

TaskName Bulletin::name_of_task(std::size_t task) const {
  assert(task < plan_.tasks.size());
  const PlannedTask& planned = plan_.tasks[task];
  return {task, name_of(jobs::kind_of(planned.task)), hex(planned.key)};
}

void Bulletin::failed(int worker, std::size_t task,
                      const storage::Failure& failure) {
  assert(task < failed_.size());
  ++failed_[task];
  const TaskName name = name_of_task(task);
  note(fmt::format("{} task {} failed on worker {} ({}): {}", name.kind, task,
                   worker, storage::name_of(failure.kind), failure.reason));
  keeper_.failed(worker, name, failure);
}

void Bulletin::given_up(std::size_t task) {
  keeper_.given_up(name_of_task(task));
}

std::vector<WorkerStatus> Bulletin::workers(const Crew& crew,
                                            const WorkerAccounts& accounts,
                                            double now) const {
  std::vector<WorkerStatus> workers;
  for (const auto& [number, account] : accounts) {
    const Crew::Member& member = crew.at(number);
    WorkerStatus worker;
    worker.number = number;
    worker.host = account.host;
    worker.gpu = account.gpu;
    worker.phase = phase_of(member);
    worker.since = now - member.heard;
    if (!member.leases.empty()) {
      const std::size_t task = member.leases.front().task;
      worker.task = task;
      worker.kind = name_of(jobs::kind_of(plan_.tasks[task].task));
      worker.since = now - member.start;
    }
    worker.tasks_done = account.tasks_done;
    worker.computing = account.seconds_computing;
    workers.push_back(std::move(worker));
  }
  return workers;
}

void Bulletin::tell_if_due(RunPhase phase, const Scheduler& scheduler,
                           const WorkerAccounts& accounts, double now) {
  if (keeper_.is_due()) tell(phase, scheduler, accounts, now);
}

void Bulletin::tell(RunPhase phase, const Scheduler& scheduler,
                    const WorkerAccounts& accounts, double now) {
  if (reused_ > reused_told_) {
    reused_told_ = reused_;
    note(fmt::format("{} reused: what they would compute is in the journal",
                     counted(reused_, "task")));
  }
  auto stages = count_stages(plan_, [&](std::size_t task) {
    return TaskView{scheduler.state(task), failed_[task], work_[task],
                    scheduler.part_done(task, now)};
  });
  auto left = scheduler.expected_left(now);
  const LiveStatus& status = keeper_.status();
  if (!left && status.predicted_seconds) {
    const double predicted =
        status.begun + *status.predicted_seconds - unix_seconds();
    if (predicted > 0) left = predicted;
  }
  progress_.update(keeper_.tell(phase, std::move(stages),
                                workers(scheduler.crew(), accounts, now),
                                left));
}

}  // namespace coxswain::runner
