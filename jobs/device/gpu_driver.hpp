#pragma once

#include <string>
#include <vector>

namespace coxswain::jobs {

// GPUs as NVIDIA's driver knows them. Its library is there where a GPU is, and
// its functions need no header. The first call settles what this process sees:
// after CUDA_VISIBLE_DEVICES has its last value.

// One GPU, as the driver describes it.
struct Gpu {
  std::string name;  // "NVIDIA H200"
  std::string kind;  // "sm_90", of its compute capability
  std::string uuid;  // "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", of a MIG
                     // instance its own
};

// The GPUs that this process sees, in CUDA's order; none without a driver.
std::vector<Gpu> visible_gpus();

// The 16 bytes of a GPU's UUID as nvidia-smi writes them: "GPU-8932f937-...".
std::string uuid_text(const unsigned char* bytes);

}  // namespace coxswain::jobs
