#pragma once

#include <ATen/core/Tensor.h>

#include <cstdlib>
#include <string_view>

namespace coxswain::tests {

// Where reference tests compute: COXSWAIN_DEVICE, which tests/run-gpu sets.
inline at::Device test_device() {
  const char* name = std::getenv("COXSWAIN_DEVICE");
  return name != nullptr && std::string_view(name) == "cuda" ? at::kCUDA
                                                             : at::kCPU;
}

}  // namespace coxswain::tests
