#pragma once

#include <ATen/core/Tensor.h>

#include "jobs/kernels/kernels.hpp"

// Tensors for kernels, which know none.
namespace coxswain::jobs {

// Whether kernels take a stream of this kind and products of that, on the
// device where `where` lies.
inline bool has_kernels(at::ScalarType stream, at::ScalarType weight,
                        const at::Tensor& where) {
  return where.is_cpu() && stream == at::kFloat &&
         (weight == at::kFloat || weight == at::kBFloat16);
}

template <class T>
const KernelsOf<T>& kernels_of();
template <>
inline const KernelsOf<float>& kernels_of<float>() {
  return kernels().f32;
}
template <>
inline const KernelsOf<Bfloat16>& kernels_of<Bfloat16>() {
  return kernels().bf16;
}

// f(kernels) for products of this kind, which has_kernels().
template <class F>
void with_kernels(at::ScalarType weight, const F& f) {
  if (weight == at::kBFloat16) return f(kernels_of<Bfloat16>());
  f(kernels_of<float>());
}

// Of a contiguous tensor of T's kind.
template <class T>
T* numbers(const at::Tensor& tensor) {
  TORCH_INTERNAL_ASSERT(tensor.is_contiguous());
  return static_cast<T*>(tensor.data_ptr());
}

}  // namespace coxswain::jobs
