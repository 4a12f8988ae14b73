#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "jobs/task.hpp"
#include "storage/shard.hpp"

namespace coxswain::runner {

// Messages between coordinator and workers; packed with Boost.Serialization.

struct Welcome {  // coordinator -> worker, first
  std::uint64_t epoch = 0;
  std::string run_directory;
  int threads = 1;
};

struct Hello {  // worker -> coordinator: idle, and what it computes with
  std::string numerics;
  std::string host;
};

// A result of up to kMessageLimit travels; a larger one lies in a shard, as
// does what a task has of bulk.
struct TaskData {
  std::string bytes;  // safetensors; empty: read `place`
  storage::ShardPlace place;
};
constexpr std::size_t kMessageLimit = 4U << 20;

struct Lease {  // coordinator -> worker
  std::uint64_t epoch = 0;
  std::uint64_t task = 0;  // index in the plan
  std::uint32_t attempt = 0;
  jobs::Task work;
  std::vector<TaskData> inputs;
};

struct Done {  // worker -> coordinator: idle again
  std::uint64_t epoch = 0;
  std::uint64_t task = 0;
  std::uint32_t attempt = 0;
  bool ok = false;
  std::string reason;
  double seconds = 0;
  TaskData result;
};

struct Finish {};  // coordinator -> worker: nothing more will come

using ProtocolMessage = std::variant<Welcome, Hello, Lease, Done, Finish>;

std::string pack(const ProtocolMessage& message);
// Throws cluster::ClusterError for bytes that are no message.
ProtocolMessage unpack(const std::string& bytes);

}  // namespace coxswain::runner
