#pragma once

#include <ATen/core/Tensor.h>

#include <cassert>
#include <optional>

#include "jobs/kernels/kernels.hpp"
#include "jobs/model/config/architecture.hpp"

// Tensors for kernels, which know none.
namespace coxswain::jobs {

// Whether kernels take numbers of the stream kind like these.
inline bool has_kernels(const at::TensorOptions& stream) {
  return stream.device().is_cpu() && stream.dtype() == at::kFloat;
}
inline bool has_kernels(const at::Tensor& stream) {
  return has_kernels(stream.options());
}
// Whether kernels multiply with matrices like this one.
inline bool has_products(const at::Tensor& weight) {
  const at::ScalarType kind = weight.scalar_type();
  return weight.is_cpu() &&
         (kind == at::kFloat || kind == at::kBFloat16 || kind == at::kDouble);
}
// What products of numbers of a kind are summed in.
inline at::ScalarType sum_kind(at::ScalarType weight) {
  return weight == at::kDouble ? at::kDouble : at::kFloat;
}
// Whether kernels take products like these.
inline bool take_products(const at::Tensor& product) {
  return product.is_cpu() && (product.scalar_type() == at::kFloat ||
                              product.scalar_type() == at::kBFloat16);
}

// The kernels' own name for an activation; none for one that they lack.
inline std::optional<GatedActivation> kernel_activation(Activation activation) {
  switch (activation) {
    case Activation::silu:
      return GatedActivation::silu;
    case Activation::gelu_tanh:
      return GatedActivation::gelu_tanh;
    case Activation::gelu_erf:
      return std::nullopt;
  }
  return std::nullopt;
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

// f(kernels) for products of this kind: float or bfloat16.
template <class F>
void with_kernels(at::ScalarType weight, const F& f) {
  if (weight == at::kBFloat16) return f(kernels_of<Bfloat16>());
  f(kernels_of<float>());
}

// f(products) for matrices of this kind: float, bfloat16 or double.
template <class F>
void with_products(at::ScalarType weight, const F& f) {
  switch (weight) {
    case at::kDouble:
      return f(kernels().f64_products);
    case at::kBFloat16:
      return f(kernels().bf16_products);
    default:
      return f(kernels().f32_products);
  }
}

// The numbers of a contiguous tensor of T's kind.
template <class T>
T* numbers(const at::Tensor& tensor) {
  TORCH_INTERNAL_ASSERT(tensor.is_contiguous());
  assert(tensor.element_size() == sizeof(T) && tensor.is_cpu());
  return static_cast<T*>(tensor.data_ptr());
}

}  // namespace coxswain::jobs
