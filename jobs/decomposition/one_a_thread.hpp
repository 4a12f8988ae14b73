#pragma once

#include <cstdint>
#include <functional>

namespace coxswain::jobs {

// Calls use(i) for i = 0 .. n - 1, each on one of the threads that libtorch
// has, the next one when a thread is free. Inside, libtorch's own operations
// run on that thread alone. What use(i) writes must be its own. The first
// exception is thrown again when all threads have stopped.
void one_a_thread(std::int64_t n, const std::function<void(std::int64_t)>& use);

}  // namespace coxswain::jobs
