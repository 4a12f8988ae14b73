#include "jobs/device.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/version.h>

#include "jobs/kernels/kernels.hpp"

namespace coxswain::jobs {
namespace {

// "AVX512" of the line "CPU capability usage: AVX512".
std::string kernel_set() {
  const std::string config = at::show_config();
  const std::string mark = "CPU capability usage: ";
  const std::size_t start = config.find(mark);
  if (start == std::string::npos) return "unknown";
  const std::size_t begin = start + mark.size();
  return config.substr(begin, config.find('\n', begin) - begin);
}

std::string blas() {
  using Text = char* (*)();
  std::string text;
  for (const char* name : {"openblas_get_config", "openblas_get_corename"}) {
    // NOLINTNEXTLINE: dlsym returns functions as void*
    if (auto* get = reinterpret_cast<Text>(dlsym(RTLD_DEFAULT, name))) {
      text += (text.empty() ? "" : " ") + std::string(get());
    }
  }
  return text.empty() ? "libtorch's own BLAS" : text;
}

}  // namespace

void keep_freed_memory() {
  constexpr int kLargest = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, kLargest);
}

void set_threads(int threads) {
  at::set_num_threads(threads);
  using Set = void (*)(int);
  if (auto* set = reinterpret_cast<Set>(
          dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
    set(threads);
  }
}

std::string numerics_description(int threads) {
  return "cpu, libtorch " TORCH_VERSION " " + kernel_set() + ", kernels " +
         kernels().name + ", " + blas() + ", threads " +
         std::to_string(threads);
}

}  // namespace coxswain::jobs
