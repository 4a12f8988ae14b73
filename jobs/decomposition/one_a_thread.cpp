#include "jobs/decomposition/one_a_thread.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <atomic>

namespace coxswain::jobs {

void one_a_thread(std::int64_t n,
                  const std::function<void(std::int64_t)>& use) {
  std::atomic<std::int64_t> next{0};
  const std::int64_t threads = std::min<std::int64_t>(n, at::get_num_threads());
  at::parallel_for(0, threads, 1, [&](std::int64_t, std::int64_t) {
    // A thread of the pool has gradients on, whatever its caller has.
    const at::NoGradGuard no_gradients;
    for (std::int64_t i = next++; i < n; i = next++) use(i);
  });
}

}  // namespace coxswain::jobs
