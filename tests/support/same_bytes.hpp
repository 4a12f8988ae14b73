#pragma once

#include <ATen/ATen.h>

#include <cstring>
#include <string>

#include "jobs/device/device.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::tests {

// Whether two tensors have the same bytes: NaN is as good as NaN, and -0 is
// not 0.
inline bool same_bytes(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor left = a.contiguous(), right = b.contiguous();
  return left.sizes() == right.sizes() &&
         left.scalar_type() == right.scalar_type() &&
         std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()) == 0;
}

// The names of arrays whose bytes differ, or that one of the two lacks.
inline std::string differing(const storage::ArrayMap& a,
                             const storage::ArrayMap& b) {
  std::string names;
  for (const auto& [name, array] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second.shape != array.shape ||
        found->second.bytes != array.bytes) {
      names += name + " ";
    }
  }
  return a.size() == b.size() ? names : names + "and their number";
}

// f() with one, two and three threads.
template <class F>
void with_threads(const F& f) {
  for (const int threads : {2, 3, 1}) {
    jobs::set_threads(threads);
    f(threads);
  }
}

}  // namespace coxswain::tests
