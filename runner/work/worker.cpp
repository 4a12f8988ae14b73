#include "runner/work/worker.hpp"

#include <cassert>
#include <thread>

#include "cluster/host.hpp"
#include "runner/work/lease_runner.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

Worker::Worker(cluster::Channel& channel, MakeExecutor make_executor,
               FaultHook reached, std::string gpu)
    : channel_(channel),
      make_executor_(std::move(make_executor)),
      reached_(std::move(reached)),
      gpu_(std::move(gpu)) {}

Worker::~Worker() = default;

bool Worker::turn() {
  bool busy = false;
  while (const auto message = channel_.receive()) {
    handle(unpack(message->bytes));
    busy = true;
  }
  if (!runner_ || finished_) return busy;
  const auto now = Clock::now();
  // MPI is called from this thread alone: what the other has to say waits for
  // it.
  while (const auto message = runner_->take()) {
    channel_.send(0, pack(*message));
    unfit_ = unfit_ || std::holds_alternative<Unfit>(*message);
    said_ = now;
    busy = true;
  }
  // Any message is a sign of life; who is unfit is not to look alive again.
  if (!unfit_ && now - said_ > heartbeat_) {
    channel_.send(0, pack(Alive{}));
    said_ = now;
  }
  channel_.flushed();
  return busy;
}

void Worker::wait(std::chrono::microseconds most) const {
  if (runner_) {
    runner_->wait(most);
  } else {
    std::this_thread::sleep_for(most);
  }
}

bool Worker::idle() const {
  // Long enough for the thread to wake up and leave.
  return !runner_ || runner_->stop(std::chrono::seconds(2));
}

void Worker::handle(ProtocolMessage message) {
  if (const auto* welcome = std::get_if<Welcome>(&message)) {
    epoch_ = welcome->epoch;
    heartbeat_ = std::chrono::duration<double>(welcome->heartbeat);
    runner_ = std::make_unique<LeaseRunner>(LeaseRunner::Setup{
        [make = make_executor_, threads = welcome->threads] {
          return make(threads);
        },
        welcome->run_directory,
        storage::RunDirectory::shard_name(
            epoch_, static_cast<std::uint32_t>(channel_.rank())),
        epoch_, cluster::host_name(), gpu_, welcome->resident_bytes, reached_});
  } else if (auto* lease = std::get_if<Lease>(&message)) {
    // One of an older start is nobody's any more.
    assert((runner_ || lease->epoch != epoch_) && "welcomed first");
    if (lease->epoch == epoch_) runner_->add(std::move(*lease));
  } else if (std::holds_alternative<Finish>(message)) {
    if (runner_) runner_->stop(std::chrono::milliseconds(0));
    channel_.send(0, pack(Bye{}));
    finished_ = true;
  }
}

}  // namespace coxswain::runner
