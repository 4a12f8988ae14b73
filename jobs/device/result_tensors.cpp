#include "jobs/device/result_tensors.hpp"

#include <ATen/ATen.h>

#include <utility>

#include "jobs/device/tensor_array.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {

void put_tensor(storage::ArrayMap& result, const char* name,
                storage::DType dtype, const at::Tensor& values) {
  storage::Array array = to_array(values);
  if (array.dtype != dtype) {
    throw JobError({"", name, std::string(storage::name_of(array.dtype)),
                    std::string(storage::name_of(dtype)), ""});
  }
  result[name] = std::move(array);
}

at::Tensor tensor_named(const storage::ArrayMap& result, const char* name,
                        const char* where) {
  return to_tensor(storage::at(result, name, where));
}

std::vector<double> doubles_of(const at::Tensor& values) {
  const at::Tensor dense = values.cpu().to(at::kDouble).contiguous();
  const double* first = dense.data_ptr<double>();
  return {first, first + dense.numel()};
}

}  // namespace coxswain::jobs
