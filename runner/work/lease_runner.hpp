#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "jobs/executor/executor.hpp"
#include "runner/work/fault_points.hpp"
#include "runner/work/protocol.hpp"
#include "storage/run/shard.hpp"

namespace coxswain::runner {

// A thread that computes leases one after the other: inputs are read, the task
// executed, its bulk written and synced. Messages to the coordinator are picked
// up with take(). All public calls are thread-safe. The destructor waits for
// the thread; after stop() returned false, end the process instead.
class LeaseRunner {
 public:
  // What the thread needs, copied: it shares nothing with the caller.
  struct Setup {
    std::function<std::unique_ptr<jobs::Executor>()> make_executor;
    std::string run_directory;  // absolute
    std::string shard;          // relative to it
    std::uint64_t epoch = 0;
    std::string host;
    std::string gpu;                  // as Hello has it
    std::int64_t resident_bytes = 0;  // as Welcome has it
    FaultHook reached;
  };

  explicit LeaseRunner(Setup setup);
  ~LeaseRunner();
  LeaseRunner(const LeaseRunner&) = delete;
  LeaseRunner& operator=(const LeaseRunner&) = delete;

  void add(Lease lease);
  // The next thing to tell the coordinator: Hello or Unfit first, then Done.
  std::optional<ProtocolMessage> take();
  void wait(std::chrono::microseconds most);
  // Nothing more is begun. True once the thread has ended, which is waited for
  // `most` at most: false means that a task hangs.
  bool stop(std::chrono::milliseconds most);

 private:
  void loop();
  void compute();
  std::optional<Lease> next();
  void tell(ProtocolMessage message);
  Done run(jobs::Executor& executor, Lease& lease);
  void keep(const jobs::Task& task, jobs::TaskOutput output, Done& done);
  storage::ArrayMap read(const TaskData& data) const;

  const Setup setup_;
  storage::ShardWriter shard_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Lease> leases_;
  std::deque<ProtocolMessage> out_;
  bool stopped_ = false, ended_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace coxswain::runner
