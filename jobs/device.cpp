#include "jobs/device.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/version.h>

#include <array>
#include <cstdlib>

#include "jobs/job_error.hpp"
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

// "NVIDIA H200 sm_90", as the driver has it: its library is there where a GPU
// is, and its functions need no header.
std::string gpu_name() {
  void* driver = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
  if (driver == nullptr) return "unknown";
  const auto call = [&](const char* name, auto* of_type) {
    // NOLINTNEXTLINE: dlsym returns functions as void*
    return reinterpret_cast<decltype(of_type)>(::dlsym(driver, name));
  };
  using Init = int(unsigned);
  using Name = int(char*, int, int device);
  using Attribute = int(int*, int attribute, int device);
  auto* init = call("cuInit", static_cast<Init*>(nullptr));
  auto* name = call("cuDeviceGetName", static_cast<Name*>(nullptr));
  auto* attribute =
      call("cuDeviceGetAttribute", static_cast<Attribute*>(nullptr));
  if (init == nullptr || name == nullptr || attribute == nullptr) {
    return "unknown";
  }
  constexpr int kMajor = 75, kMinor = 76;  // of the compute capability
  std::array<char, 128> text{};
  int major = 0, minor = 0;
  if (init(0) != 0 || name(text.data(), 127, 0) != 0 ||
      attribute(&major, kMajor, 0) != 0 || attribute(&minor, kMinor, 0) != 0) {
    return "unknown";
  }
  return std::string(text.data()) + " sm_" + std::to_string(major) +
         std::to_string(minor);
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

const char* name_of(DeviceKind kind) {
  return kind == DeviceKind::cuda ? "cuda" : "cpu";
}

bool built_for_cuda() { return at::Context::hasCUDART(); }

DeviceKind best_device() {
  return at::hasCUDA() && at::getNumGPUs() > 0 ? DeviceKind::cuda
                                               : DeviceKind::cpu;
}

void prepare(DeviceKind kind) {
  if (kind == DeviceKind::cpu) return;
  if (best_device() != DeviceKind::cuda) {
    throw JobError({"", "device", built_for_cuda() ? "no GPU" : "no CUDA",
                    "a GPU that this process sees",
                    built_for_cuda() ? "look at CUDA_VISIBLE_DEVICES, or say "
                                       "--device cpu"
                                     : "build against a libtorch with CUDA "
                                       "(README.md), or say --device cpu"});
  }
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::globalContext().setFloat32MatmulPrecision("highest");
}

void prepare_environment() {
  // cuBLAS is deterministic with workspaces of fixed size alone.
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
}

std::string numerics_description(int threads, DeviceKind device) {
  const std::string gpu =
      device == DeviceKind::cuda ? "cuda " + gpu_name() + ", with " : "";
  return gpu + "cpu, libtorch " TORCH_VERSION " " + kernel_set() +
         ", kernels " + kernels().name + ", " + blas() + ", threads " +
         std::to_string(threads);
}

}  // namespace coxswain::jobs
