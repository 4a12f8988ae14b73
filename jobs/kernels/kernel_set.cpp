// Compiled once for each instruction set, with COXSWAIN_KERNEL_SET its name.
#include "jobs/kernels/attention_kernel.hpp"
#include "jobs/kernels/bfloat16_product_kernel.hpp"
#include "jobs/kernels/product_kernel.hpp"
#include "jobs/kernels/row_kernels.hpp"

namespace coxswain::jobs::COXSWAIN_KERNEL_SET {
namespace {

template <class T>
constexpr KernelsOf<T> kAll{rms_norm<T>, add<T>, gate<T>, activate<T>,
                            split_heads<T>};

template <class T>
constexpr Products<T> kProductsOf{1,
                                  pack<T>,
                                  unpack<T>,
                                  product<T>,
                                  add_product<T>,
                                  gated_product<T>,
                                  strided_product<T>};
template <>
constexpr Products<double> kProductsOf<double>{1,
                                               pack<double>,
                                               unpack<double>,
                                               product<double>,
                                               add_product<double>,
                                               nullptr,
                                               strided_product<double>};
#ifdef __AVX512BF16__
template <>
constexpr Products<Bfloat16> kProductsOf<Bfloat16> = bfloat16::kAllProducts;
#endif

}  // namespace

#define COXSWAIN_TEXT_OF(name) #name
#define COXSWAIN_TEXT(name) COXSWAIN_TEXT_OF(name)
extern const Kernels kKernels;
const Kernels kKernels{COXSWAIN_TEXT(COXSWAIN_KERNEL_SET),
                       kAll<float>,
                       kAll<Bfloat16>,
                       cap,
                       log_sum_exp,
                       attend,
                       kProductsOf<float>,
                       kProductsOf<double>,
                       kProductsOf<Bfloat16>,
                       continued_product<float>,
                       continued_product<double>};

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
