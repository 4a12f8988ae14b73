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
      // Products of pairs of bfloat16 numbers are twice as fast as those of
      // widened ones on AMD's processors, and half as fast on Intel's (189
      // against 357 GFLOP/s on a Xeon). The maker decides, not a measurement:
      // processors of a kind shall compute the same bits.
      const auto place = __builtin_cpu_is("intel") ? sets.end() : sets.begin();
      sets.insert(place, &avx512_bf16::kKernels);
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
