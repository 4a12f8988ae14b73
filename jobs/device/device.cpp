#include "jobs/device/device.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/version.h>

#include <cassert>
#include <cstdlib>

#include "jobs/device/blas.hpp"
#include "jobs/device/gpu_driver.hpp"
#include "jobs/kernels/kernels.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// What stands behind `mark` in libtorch's account of itself: "AVX512" of the
// line "CPU capability usage: AVX512".
std::string configured(const std::string& mark) {
  const std::string config = at::show_config();
  const std::size_t start = config.find(mark);
  if (start == std::string::npos) return "unknown";
  const std::size_t begin = start + mark.size();
  return config.substr(begin, config.find('\n', begin) - begin);
}

// The GPUs' kind, which is one for all: "13.0, NVIDIA H200 sm_90". One version
// of libtorch is built with several of CUDA, whose products differ.
std::string gpu_kind() {
  const std::vector<Gpu> gpus = visible_gpus();
  if (gpus.empty()) return "unknown";
  return configured("CUDA Runtime ") + ", " + gpus.front().name + " " +
         gpus.front().kind;
}

}  // namespace

void keep_freed_memory() {
  constexpr int kLargest = 1 << 30;
  // Blocks from mmap go back to the kernel when they are freed, whatever the
  // heap keeps.
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, kLargest);
}

void set_threads(int threads) {
  assert(threads >= 1);
  at::set_num_threads(threads);
  using Set = void (*)(int);
  if (auto* set = reinterpret_cast<Set>(
          dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
    set(threads);
  }
}

const char* name_of(DeviceKind kind) {
  return kind == DeviceKind::cuda ? "cuda" : "cpu";
}

bool built_for_cuda() { return at::Context::hasCUDART(); }

DeviceKind best_device() {
  return at::hasCUDA() && at::getNumGPUs() > 0 ? DeviceKind::cuda
                                               : DeviceKind::cpu;
}

void prepare(DeviceKind kind, int gpus) {
  if (kind == DeviceKind::cpu) return;
  if (best_device() != DeviceKind::cuda) {
    throw JobError({"", "device", built_for_cuda() ? "no GPU" : "no CUDA",
                    "a GPU that this process sees",
                    built_for_cuda() ? "look at CUDA_VISIBLE_DEVICES, or say "
                                       "--device cpu"
                                     : "build against a libtorch with CUDA "
                                       "(README.md), or say --device cpu"});
  }
  const std::vector<Gpu> seen = visible_gpus();
  // Kinds of GPUs differ in the last bits: one worker's results must not be of
  // two.
  for (const Gpu& one : seen) {
    if (one.name == seen.front().name) continue;
    throw JobError({"", "device", seen.front().name + " and " + one.name,
                    "GPUs of one kind",
                    "choose among them by CUDA_VISIBLE_DEVICES"});
  }
  const std::size_t n_seen = at::getNumGPUs();
  if (n_seen < static_cast<std::size_t>(gpus)) {
    throw JobError({"", "device", std::to_string(n_seen) + " GPUs",
                    std::to_string(gpus) + ", which a worker is to have",
                    "say another --gpus-per-worker"});
  }
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::globalContext().setFloat32MatmulPrecision("highest");
#if TORCH_VERSION_MAJOR >= 2
  // Sums of bfloat16 products are float32, as the processor's are.
  at::globalContext().setAllowBF16ReductionCuBLAS(false);
  // What is read before it was written is a bug that tests look for; filling
  // all new memory costs a pass over it.
  at::globalContext().setDeterministicFillUninitializedMemory(false);
#endif
}

void prepare_environment() {
  // cuBLAS is deterministic with workspaces of fixed size alone.
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
}

std::string numerics_description(int threads, DeviceKind device) {
  const std::string gpu =
      device == DeviceKind::cuda ? "cuda " + gpu_kind() + ", with " : "";
  return gpu + "cpu, libtorch " TORCH_VERSION " " +
         configured("CPU capability usage: ") + ", kernels and products " +
         kernels().name + ", solvers " + blas_description() + ", threads " +
         std::to_string(threads);
}

}  // namespace coxswain::jobs
