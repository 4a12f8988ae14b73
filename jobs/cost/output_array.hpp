#pragma once

#include <cstdint>
#include <initializer_list>

#include "jobs/task/result_array.hpp"
#include "storage/tensors/dtype.hpp"

namespace coxswain::jobs {

// An array that a task will give, whatever its name and shape.
struct OutputArray {
  storage::DType dtype;
  std::int64_t count;  // elements
};

// An array of so many numbers, or of so many rows.
template <class T>
OutputArray output_of(NumbersOf<T> which, std::int64_t n) {
  return {which.kDtype, n};
}
template <class Row>
OutputArray output_of(RowsOf<Row> which, std::int64_t n) {
  return {which.kDtype, n * which.kColumns};
}

// Bytes of these arrays as safetensors, with about what they are called.
std::int64_t safetensors_bytes(std::initializer_list<OutputArray> arrays);

}  // namespace coxswain::jobs
