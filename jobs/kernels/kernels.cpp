#include "jobs/kernels/kernels.hpp"

namespace coxswain::jobs {

namespace baseline {
extern const Kernels kKernels;
}
#ifdef __x86_64__
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}
namespace avx512_bf16 {
extern const Kernels kKernels;
}
#endif

std::vector<const Kernels*> kernel_sets() {
  std::vector<const Kernels*> sets;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    sets.push_back(&avx512::kKernels);
    if (__builtin_cpu_supports("avx512bf16")) {
      sets.insert(sets.begin(), &avx512_bf16::kKernels);
    }
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    sets.push_back(&avx2::kKernels);
  }
#endif
  sets.push_back(&baseline::kKernels);
  return sets;
}

const Kernels& kernels() {
  static const Kernels& best = *kernel_sets().front();
  return best;
}

}  // namespace coxswain::jobs
