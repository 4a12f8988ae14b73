#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace coxswain::jobs {

// A copy of `here`, which is on the processor, on `device`: to a GPU through
// pinned memory, and without waiting for what it still has to do: the next
// piece of work is laid out while the one before is computed.
at::Tensor placed(const at::Tensor& here, at::Device device);
// Numbers as a tensor [n] i64 on `device`.
at::Tensor placed(const std::vector<std::int64_t>& numbers, at::Device device);

// Waits until the device has done all that it was given; on a processor there
// is nothing to wait for.
void wait_for(at::Device device);

// Gives back what this process keeps of its GPUs' memory without using it, to
// all who share them. It has a GPU; older libtorchs than PyPI's keep the
// memory.
void give_back_gpu_memory();

// Whether each of `devices` still does what it is told: a GPU that has failed
// for good fails at everything. One without memory left has not failed.
bool all_compute(const std::vector<at::Device>& devices);

}  // namespace coxswain::jobs
