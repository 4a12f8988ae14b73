#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "cluster/channel.hpp"
#include "jobs/executor/executor.hpp"
#include "runner/work/fault_points.hpp"
#include "runner/work/protocol.hpp"

namespace coxswain::runner {

class LeaseRunner;

// Ranks 1 and up: takes leases, computes, writes bulky arrays to its shard and
// answers. Computing has a thread of its own, in which the executor is made;
// turn() and wait() belong to the caller's, which alone touches the channel.
class Worker {
 public:
  // Called in the thread that computes, with the threads that a worker may use.
  using MakeExecutor =
      std::function<std::unique_ptr<jobs::Executor>(int threads)>;

  // gpu: as Hello has it.
  Worker(cluster::Channel& channel, MakeExecutor make_executor,
         FaultHook reached, std::string gpu = "");
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Messages in, results and signs of life out; never computes and never
  // blocks. True if there was anything.
  bool turn();
  // Until there is a result to send, `most` at most.
  void wait(std::chrono::microseconds most) const;
  bool finished() const { return finished_; }
  // After finished(): false if a task still computes, which nobody wants any
  // more; then end the process without this object's destructor.
  bool idle() const;

 private:
  void handle(ProtocolMessage message);

  using Clock = std::chrono::steady_clock;
  cluster::Channel& channel_;
  MakeExecutor make_executor_;
  FaultHook reached_;
  std::string gpu_;
  std::unique_ptr<LeaseRunner> runner_;  // since the welcome
  std::uint64_t epoch_ = 0;
  std::chrono::duration<double> heartbeat_{1};
  Clock::time_point said_{};  // when the coordinator last heard anything
  bool unfit_ = false;
  bool finished_ = false;
};

}  // namespace coxswain::runner
