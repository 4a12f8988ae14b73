#include "jobs/device/tensor_array.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cstring>

#include "jobs/task/numbers_error.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::pair<storage::DType, at::ScalarType> kKinds[] = {
    {storage::DType::f32, at::kFloat}, {storage::DType::f64, at::kDouble},
    {storage::DType::i64, at::kLong},  {storage::DType::i32, at::kInt},
    {storage::DType::f16, at::kHalf},  {storage::DType::bf16, at::kBFloat16},
};

}  // namespace

storage::Array to_array(const at::Tensor& tensor) {
  // Arrays are row-major: a view with other strides is copied.
  const at::Tensor dense = tensor.cpu().contiguous();
  for (const auto& [dtype, scalar] : kKinds) {
    if (scalar != dense.scalar_type()) continue;
    return {dtype, dense.sizes().vec(),
            std::string(static_cast<const char*>(dense.data_ptr()),
                        dense.nbytes())};
  }
  throw JobError({"", "tensor", at::toString(dense.scalar_type()),
                  "a kind that can be stored", ""});
}

void require_finite(const at::Tensor& values, const std::string& what,
                    const std::string& remedy) {
  if (at::isfinite(values).all().item<bool>()) return;
  throw NumbersError(
      {"", what, "infinite, or not a number", "finite numbers", remedy});
}

at::Tensor to_tensor(const storage::Array& array) {
  for (const auto& [dtype, scalar] : kKinds) {
    if (dtype != array.dtype) continue;
    at::Tensor tensor =
        at::empty(array.shape, at::TensorOptions().dtype(scalar));
    assert(array.bytes.size() == tensor.nbytes());
    if (!array.bytes.empty()) {
      std::memcpy(tensor.data_ptr(), array.bytes.data(), array.bytes.size());
    }
    return tensor;
  }
  throw JobError({"", "array", std::string(storage::name_of(array.dtype)),
                  "a numeric kind", ""});
}

}  // namespace coxswain::jobs
