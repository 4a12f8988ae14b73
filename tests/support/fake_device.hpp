#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::tests {

// A device that is none: its tensors lie in this process's memory and the
// processor computes with them, but no operation takes some of them beside some
// of the processor's own, as on a GPU (c10::Error; single numbers are taken).
// What was forgotten on the processor shows, on a machine without GPUs.
inline at::Device fake_device() { return {c10::DeviceType::PrivateUse1, 0}; }

}  // namespace coxswain::tests
