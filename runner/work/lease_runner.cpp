#include "runner/work/lease_runner.hpp"

#include <cassert>
#include <stdexcept>
#include <utility>

#include "jobs/executor/failure.hpp"
#include "jobs/task/evaluated_cells.hpp"
#include "jobs/task/result_slices.hpp"
#include "runner/base/clock.hpp"
#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {
namespace {

using storage::FailureKind;

// What says nothing of the task and all of the worker: a shard that can't be
// written, a GPU that has failed for good.
class WorkerFailed : public ProgramError {
 public:
  WorkerFailed(ExitCode code, FailureKind kind, const std::string& sentence)
      : ProgramError(code, sentence), kind_(kind) {}
  FailureKind kind() const { return kind_; }

 private:
  FailureKind kind_;
};

}  // namespace

LeaseRunner::LeaseRunner(Setup setup)
    : setup_(std::move(setup)),
      shard_(setup_.run_directory, setup_.shard, setup_.epoch),
      thread_([this] { loop(); }) {}

LeaseRunner::~LeaseRunner() {
  stop(std::chrono::milliseconds(0));
  thread_.join();
}

void LeaseRunner::add(Lease lease) {
  assert(lease.epoch == setup_.epoch && "not of an older start");
  const std::lock_guard lock(mutex_);
  leases_.push_back(std::move(lease));
  changed_.notify_all();
}

std::optional<ProtocolMessage> LeaseRunner::take() {
  const std::lock_guard lock(mutex_);
  if (out_.empty()) return std::nullopt;
  ProtocolMessage message = std::move(out_.front());
  out_.pop_front();
  return message;
}

void LeaseRunner::wait(std::chrono::microseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [this] { return !out_.empty(); });
}

bool LeaseRunner::stop(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, most, [this] { return ended_; });
}

std::optional<Lease> LeaseRunner::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || !leases_.empty(); });
  if (stopped_) return std::nullopt;
  Lease lease = std::move(leases_.front());
  leases_.pop_front();
  return lease;
}

void LeaseRunner::tell(ProtocolMessage message) {
  const std::lock_guard lock(mutex_);
  out_.push_back(std::move(message));
  changed_.notify_all();
}

void LeaseRunner::loop() {
  try {
    compute();
  } catch (const WorkerFailed& error) {
    tell(Unfit{setup_.epoch, setup_.host, error.what(),
               static_cast<std::int32_t>(code_of(error)), error.kind()});
  } catch (const std::exception& error) {
    // No executor, or no more than half of one: this machine's fault.
    tell(Unfit{setup_.epoch, setup_.host, sentence_of(error),
               static_cast<std::int32_t>(ExitCode::cluster),
               FailureKind::device});
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void LeaseRunner::compute() {
  // The executor is made in this thread, since libraries keep numbers of
  // threads and devices by thread.
  const auto executor = setup_.make_executor();
  executor->keep_resident(setup_.resident_bytes);
  tell(Hello{executor->numerics(), setup_.host, setup_.gpu});
  while (auto lease = next()) tell(run(*executor, *lease));
}

storage::ArrayMap LeaseRunner::read(const TaskData& data) const {
  if (!data.bytes.empty()) {
    return storage::from_safetensors(data.bytes, "a task's input");
  }
  if (data.place.file.empty()) return {};  // of a task that was given up
  return storage::read_shard(setup_.run_directory, data.place);
}

Done LeaseRunner::run(jobs::Executor& executor, Lease& lease) {
  Done done;
  done.epoch = lease.epoch;
  done.task = lease.task;
  done.attempt = lease.attempt;
  done.ticket = lease.ticket;
  const double start = monotonic_seconds();
  try {
    std::vector<storage::ArrayMap> inputs;
    for (const TaskData& data : lease.inputs) inputs.push_back(read(data));
    jobs::TaskResult result = executor.execute(lease.work, inputs);
    if (result.device_failed) {
      throw WorkerFailed(ExitCode::cluster, FailureKind::device,
                         "its device computes no more: " + result.reason);
    }
    done.ok = result.ok;
    done.reason = std::move(result.reason);
    done.kind = result.kind;
    setup_.reached(FaultPoint::computed);
    if (result.ok) keep(lease.work, std::move(result.output), done);
  } catch (const WorkerFailed&) {
    throw;
  } catch (const std::exception& error) {
    // The worker lives on: another task may have nothing wrong with it.
    jobs::TaskFailure failure = jobs::failure_of(error);
    done.ok = false;
    done.reason = std::move(failure.reason);
    done.kind = failure.kind;
  }
  done.seconds = monotonic_seconds() - start;
  return done;
}

void LeaseRunner::keep(const jobs::Task& task, jobs::TaskOutput output,
                       Done& done) {
  done.content = jobs::content_of(output);
  done.slices = jobs::slices_of(task, output);
  done.failed_cells = jobs::failed_cells_of(output.result);
  done.result.bytes = storage::to_safetensors(output.result);
  if (done.result.bytes.size() > kMessageLimit) {
    // The result is too large to send: it goes with the bulk.
    done.result.bytes.clear();
    output.bulk.merge(output.result);
    output.result.clear();
  }
  if (output.bulk.empty()) return;
  try {
    done.result.place = shard_.append(output.bulk);
    setup_.reached(FaultPoint::shard_written);
    shard_.sync();
  } catch (const storage::StorageError& error) {
    throw WorkerFailed(ExitCode::storage, FailureKind::files, error.what());
  }
  setup_.reached(FaultPoint::shard_synced);
}

}  // namespace coxswain::runner
