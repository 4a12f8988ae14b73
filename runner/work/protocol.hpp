#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "jobs/task/task.hpp"
#include "runner/plan/message_limit.hpp"
#include "storage/files/digest.hpp"
#include "storage/run/failure_kind.hpp"
#include "storage/run/shard.hpp"

namespace coxswain::runner {

// Messages between coordinator and workers; packed with Boost.Serialization.

// What a worker needs to know before its first task.
struct Welcome {  // coordinator -> worker, first
  std::uint64_t epoch = 0;
  std::string run_directory;
  int threads = 1;
  double heartbeat = 1;             // s between signs of life
  std::int64_t resident_bytes = 0;  // of models and SAEs that stay loaded
};

// A worker that can compute says with what.
struct Hello {  // worker -> coordinator: can compute, and with what
  std::string numerics;
  std::string host;
  std::string gpu;  // that is its own, as CUDA_VISIBLE_DEVICES names it, or ""
};

// A worker has nothing to say but that it lives.
struct Alive {};  // worker -> coordinator: a sign of life

// Worker -> coordinator: can't go on (no device, no room for its shard) and
// gives back all it holds. Says nothing against the tasks.
struct Unfit {
  std::uint64_t epoch = 0;
  std::string host;
  std::string reason;
  std::int32_t exit_code = 0;  // if no other worker is left
  storage::FailureKind kind = storage::FailureKind::lost;
};

// A result of up to kMessageLimit travels; a larger one lies in a shard, as
// does what a task has of bulk.
struct TaskData {
  std::string bytes;          // safetensors; empty: read `place`
  storage::ShardPlace place;  // without a file: there is nothing
};

// A task for a worker, with all that it reads.
struct Lease {  // coordinator -> worker; computed in the order they come
  std::uint64_t epoch = 0;
  std::uint64_t task = 0;  // index in the plan
  std::uint32_t attempt = 0;
  jobs::Task work;
  std::vector<TaskData> inputs;
  std::uint64_t ticket = 0;  // for Done to say again
};

// What became of a leased task.
struct Done {  // worker -> coordinator
  std::uint64_t epoch = 0;
  std::uint64_t task = 0;
  std::uint32_t attempt = 0;
  bool ok = false;
  std::string reason;
  double seconds = 0;
  TaskData result;
  storage::Key content;              // hash of all it computed, bulk included
  storage::FailureKind kind{};       // if it is not ok
  std::vector<storage::Key> slices;  // as slices_of() has them
  std::uint64_t failed_cells = 0;    // of an evaluation
  std::uint64_t ticket = 0;          // of its lease
};

// The run is over for a worker.
struct Finish {};  // coordinator -> worker: nothing more will come
// A worker has ended.
struct Bye {};  // worker -> coordinator: the last word

// Any message. Its number in this list travels ahead of it.
using ProtocolMessage =
    std::variant<Welcome, Hello, Lease, Done, Finish, Alive, Unfit, Bye>;

std::string pack(const ProtocolMessage& message);
// Throws cluster::ClusterError for bytes that are no message.
ProtocolMessage unpack(const std::string& bytes);

}  // namespace coxswain::runner
