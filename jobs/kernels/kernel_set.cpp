// Compiled once for each instruction set, with COXSWAIN_KERNEL_SET its name.
#include "jobs/kernels/attention_kernel.hpp"
#include "jobs/kernels/product_kernel.hpp"
#include "jobs/kernels/row_kernels.hpp"

namespace coxswain::jobs::COXSWAIN_KERNEL_SET {
namespace {

template <class T>
constexpr KernelsOf<T> kAll{rms_norm<T>, add<T>, gate<T>, split_heads<T>};

}  // namespace

#define COXSWAIN_TEXT_OF(name) #name
#define COXSWAIN_TEXT(name) COXSWAIN_TEXT_OF(name)
extern const Kernels kKernels;
const Kernels kKernels{COXSWAIN_TEXT(COXSWAIN_KERNEL_SET), kAll<float>,
                       kAll<Bfloat16>, attend, kProducts};

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
