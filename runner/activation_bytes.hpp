#pragma once

#include <cstdint>

#include "runner/plan.hpp"

namespace coxswain::runner {

// What a plan's activations take on the disk. Both exist side by side until the
// shards are dropped.
struct ActivationBytes {
  std::uint64_t shards = 0;  // while the sweep runs, those that tasks only hand
                             // to each other included
  std::uint64_t sealed = 0;  // in results.h5, or in the files beside it
};
ActivationBytes activation_bytes(const Plan& plan);

}  // namespace coxswain::runner
