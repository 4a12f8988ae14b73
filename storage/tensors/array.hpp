#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/tensors/dtype.hpp"

namespace coxswain::storage {

// A dense row-major array in host memory.
struct Array {
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;
  std::string bytes;

  std::int64_t count() const;  // elements
};

// Named arrays: what a task returns and what a safetensors file holds.
using ArrayMap = std::map<std::string, Array>;

Array make_array(std::span<const float> values,
                 std::vector<std::int64_t> shape);
Array make_array(std::span<const double> values,
                 std::vector<std::int64_t> shape);
Array make_array(std::span<const std::int64_t> values,
                 std::vector<std::int64_t> shape);

// The elements, converted where that loses nothing or only rounds to float32
// or float64 (`f16` and `bf16` widen). Throws StorageError for another kind.
std::vector<float> floats(const Array& array);
std::vector<double> doubles(const Array& array);
std::vector<std::int64_t> integers(const Array& array);

// The array called `name`; throws StorageError that names `where`.
const Array& at(const ArrayMap& arrays, const std::string& name,
                const std::string& where);

}  // namespace coxswain::storage
