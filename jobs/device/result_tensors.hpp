#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "jobs/task/result_array.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// A tensor, of any device, as an array of a result. Throws JobError that names
// the array if the tensor is of another kind.
void put_tensor(storage::ArrayMap& result, const char* name,
                storage::DType dtype, const at::Tensor& values);
template <class T>
void put(storage::ArrayMap& result, NumbersOf<T> which,
         const at::Tensor& values) {
  put_tensor(result, which.name, which.kDtype, values);
}

// An array of a result, of the kind that it has there. Throws
// storage::StorageError that names `where` if there is none.
at::Tensor tensor_named(const storage::ArrayMap& result, const char* name,
                        const char* where);
template <class T>
at::Tensor tensor_of(const storage::ArrayMap& result, NumbersOf<T> which,
                     const char* where) {
  return tensor_named(result, which.name, where);
}

// All numbers of a floating-point tensor, widened.
std::vector<double> doubles_of(const at::Tensor& values);
// values [rows.size()] become that member of the rows.
template <class Row>
void fill_member(std::vector<Row>& rows, double Row::*member,
                 const at::Tensor& values) {
  const std::vector<double> numbers = doubles_of(values);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*member = numbers.at(i);
}

}  // namespace coxswain::jobs
