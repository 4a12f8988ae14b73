#pragma once

#include <cstdint>
#include <string>

namespace coxswain::jobs {

// Where models compute, all that a forward pass does, and where features are
// counted. Decompositions and statistics are the processor's.
enum class DeviceKind : std::uint8_t {
  cpu,
  cuda,  // the first GPUs that this process sees
};
const char* name_of(DeviceKind kind);
// Whether this libtorch can use GPUs; looks at none.
bool built_for_cuda();
// A GPU where this libtorch can use one and there is one. What CUDA sees is
// settled by the first look: after CUDA_VISIBLE_DEVICES has its last value.
DeviceKind best_device();
// Has the device compute the same bits each time: deterministic kernels, and
// float32 products of float32, not of TF32. Throws JobError if it is not there,
// or fewer GPUs than `gpus`, or of several kinds.
void prepare(DeviceKind kind, int gpus = 1);
// Sets what prepare() needs of the environment. Before the process has a second
// thread.
void prepare_environment();

// Has the heap keep what is freed. Products of many rows need megabytes for a
// moment, again and again, and the kernel would clear them anew each time.
void keep_freed_memory();

// Sets the threads of every library that computes; also of OpenBLAS, which does
// not listen to libtorch.
void set_threads(int threads);

// What decides the last bits of a result on this machine: device kind,
// libraries, kernel sets, threads. The same text, the same bytes.
std::string numerics_description(int threads, DeviceKind device);

}  // namespace coxswain::jobs
