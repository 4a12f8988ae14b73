#pragma once

#include <ATen/Parallel.h>

namespace coxswain::tests {

// So many threads for tensors and kernels while it lives.
class Threads {
 public:
  explicit Threads(int n) : before_(at::get_num_threads()) {
    at::set_num_threads(n);
  }
  ~Threads() { at::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace coxswain::tests
