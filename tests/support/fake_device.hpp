#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::tests {

// A device that is none: its tensors lie in this process's memory and the
// processor computes with them, but no operation takes some of them beside some
// of the processor's own, or of another fake device, as on GPUs (c10::Error;
// single numbers are taken). What was forgotten elsewhere shows, on a machine
// without GPUs.
inline at::Device fake_device(c10::DeviceIndex index = 0) {
  return {c10::DeviceType::PrivateUse1, index};
}

}  // namespace coxswain::tests
