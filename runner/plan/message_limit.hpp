#pragma once

#include <cstddef>

namespace coxswain::runner {

// Bytes. A task's result of at most so many travels to the coordinator and into
// the journal; a larger one lies in its worker's shard.
constexpr std::size_t kMessageLimit = 4U << 20;

}  // namespace coxswain::runner
