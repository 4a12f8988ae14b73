#include "runner/status/status_keeper.hpp"

#include <unistd.h>

#include <utility>

#include "cluster/host.hpp"

namespace coxswain::runner {

namespace {
// Short enough for someone who watches, long enough for a file system that
// many runs share.
constexpr double kRenewal = 2;  // s
}  // namespace

StatusKeeper::StatusKeeper(const storage::RunDirectory& run,
                           const storage::RunIdentity& identity,
                           std::uint64_t epoch, Clock now)
    : run_(run), now_(std::move(now)) {
  status_.name = identity.name;
  status_.id = identity.id;
  status_.epoch = epoch;
  status_.host = cluster::host_name();
  status_.process = ::getpid();
  status_.begun = now_();
  // At once: whoever looks while models load sees that somebody is there.
  tell(RunPhase::starting);
}

void StatusKeeper::failed(int worker, TaskName task,
                          const storage::Failure& failure) {
  status_.errors.push_back(
      {now_(), worker, std::move(task), failure.reason, failure.kind});
  if (status_.errors.size() > kMostErrors) {
    status_.errors.erase(status_.errors.begin());
  }
}

void StatusKeeper::given_up(TaskName task) {
  if (status_.given_up.size() < kMostGivenUp) {
    status_.given_up.push_back(std::move(task));
  }
}

bool StatusKeeper::is_due() const {
  return now_() - status_.written >= kRenewal;
}

const LiveStatus& StatusKeeper::tell(RunPhase phase,
                                     std::vector<StageCount> stages,
                                     std::vector<WorkerStatus> workers,
                                     std::optional<double> seconds_left) {
  status_.stages = std::move(stages);
  status_.workers = std::move(workers);
  status_.seconds_left = seconds_left;
  const StageCount all = sum_of(status_.stages);
  recent_.add(now_(), static_cast<double>(all.done), all.cost_done);
  const Rate rate = recent_.rate();
  status_.tasks_per_second = rate.tasks;
  status_.flops_per_second = rate.flops;
  return tell(phase);
}

const LiveStatus& StatusKeeper::tell(RunPhase phase) {
  status_.phase = phase;
  status_.written = now_();
  write_live_status(run_, status_);
  return status_;
}

}  // namespace coxswain::runner
