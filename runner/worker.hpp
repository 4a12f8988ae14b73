#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cluster/channel.hpp"
#include "jobs/executor.hpp"
#include "runner/protocol.hpp"
#include "storage/shard.hpp"

namespace coxswain::runner {

// Ranks 1 and up: takes leases, computes, writes bulky arrays to its shard and
// answers. turn() handles one message, computing included, and returns.
class Worker {
 public:
  using MakeExecutor =
      std::function<std::unique_ptr<jobs::Executor>(int threads)>;

  Worker(cluster::Channel& channel, MakeExecutor make_executor);

  bool turn();  // true if there was a message
  bool finished() const { return finished_; }

 private:
  void welcome(const Welcome& welcome);
  Done run(const Lease& lease);
  storage::ArrayMap read(const TaskData& data) const;

  cluster::Channel& channel_;
  MakeExecutor make_executor_;
  std::string run_directory_;
  std::unique_ptr<jobs::Executor> executor_;
  std::optional<storage::ShardWriter> shard_;
  bool finished_ = false;
};

}  // namespace coxswain::runner
