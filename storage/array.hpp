#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::storage {

enum class DType : std::uint8_t { f32, f64, f16, bf16, i32, i64, u8, boolean };

std::uint64_t size_of(DType dtype);     // bytes of one element
std::string_view name_of(DType dtype);  // as safetensors spells it: "F32"
// Throws StorageError that names `where`.
DType dtype_named(std::string_view name, const std::string& where);

// Bytes of that many dense elements; nothing for a negative extent or for a
// product so large that arithmetic on it could overflow.
std::optional<std::uint64_t> dense_bytes(
    DType dtype, const std::vector<std::int64_t>& shape);

// "[3, 4]", for messages.
std::string shape_text(const std::vector<std::int64_t>& shape);

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
