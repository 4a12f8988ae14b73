#include "jobs/device/device_memory.hpp"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/DeviceAccelerator.h>
#endif

namespace coxswain::jobs {

at::Tensor placed(const at::Tensor& here, at::Device device) {
  if (!device.is_cuda() || here.numel() == 0) return here.to(device);
  // The allocator of pinned memory gives none away while a copy reads it.
  return here.pin_memory().to(device, /*non_blocking=*/true);
}

at::Tensor placed(const std::vector<std::int64_t>& numbers, at::Device device) {
  return placed(at::tensor(numbers, at::kLong), device);
}

void wait_for(at::Device device) {
  if (!device.is_cuda()) return;
  const c10::impl::VirtualGuardImpl guard(device.type());
  guard.synchronizeStream(guard.getStream(device));
}

void give_back_gpu_memory() {
#if TORCH_VERSION_MAJOR >= 2
  at::accelerator::emptyCache();
#endif
}

bool all_compute(const std::vector<at::Device>& devices) {
  try {
    for (const at::Device device : devices) {
      const at::Tensor two = at::ones({1}, at::TensorOptions(device)) + 1;
      if (two.cpu().item<float>() != 2) return false;
    }
    return true;
  } catch (const c10::OutOfMemoryError&) {
    return true;  // others have its memory
  } catch (const c10::Error&) {
    return false;
  }
}

}  // namespace coxswain::jobs
