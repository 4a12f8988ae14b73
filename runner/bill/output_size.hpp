#pragma once

#include <cstdint>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Bytes that a run of the plan writes, estimated from shapes: coefficients of
// decompositions are counted only when they are known.
struct OutputSize {
  std::int64_t journal = 0;  // with the results that travel in it
  std::int64_t shards = 0;   // of all workers
  std::int64_t results = 0;  // results.h5, beside the shards it is made of
  std::int64_t reports = 0;  // run.json, exit.json, lock
  int files = 0;             // but for the shards, one a worker that has bulk
  bool any_shards = false;
};
OutputSize output_size(const Plan& plan);

// What a task leaves in its worker's shard; 0: nothing.
std::int64_t shard_bytes(const PlannedTask& task);

}  // namespace coxswain::runner
