#include "storage/tensors/array.hpp"

#include <cassert>
#include <cstring>

#include "storage/files/fault.hpp"
#include "storage/tensors/convert.hpp"

namespace coxswain::storage {
namespace {

template <class T>
Array pack(std::span<const T> values, DType dtype,
           std::vector<std::int64_t> shape) {
  Array array{dtype, std::move(shape), std::string(values.size_bytes(), '\0')};
  if (array.count() != static_cast<std::int64_t>(values.size())) {
    throw StorageError({"", "array", std::to_string(values.size()) + " values",
                        std::to_string(array.count()) + " by its shape", ""});
  }
  if (!values.empty()) {
    std::memcpy(array.bytes.data(), values.data(), values.size_bytes());
  }
  return array;
}

template <class From>
std::vector<std::int64_t> whole(const Array& array) {
  assert(array.bytes.size() ==
         static_cast<std::size_t>(array.count()) * sizeof(From));
  std::vector<std::int64_t> values(static_cast<std::size_t>(array.count()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    From from;
    std::memcpy(&from, array.bytes.data() + i * sizeof(From), sizeof(From));
    values[i] = from;
  }
  return values;
}

template <class To>
std::vector<To> reals(const Array& array, DType to) {
  assert(array.bytes.size() ==
         static_cast<std::size_t>(array.count()) * size_of(array.dtype));
  std::vector<To> values(static_cast<std::size_t>(array.count()));
  convert(array.dtype, array.bytes, to, values.data(), "array");
  return values;
}

}  // namespace

std::int64_t Array::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) {
    assert(extent >= 0);
    n *= extent;
  }
  return n;
}

Array make_array(std::span<const float> values,
                 std::vector<std::int64_t> shape) {
  return pack(values, DType::f32, std::move(shape));
}
Array make_array(std::span<const double> values,
                 std::vector<std::int64_t> shape) {
  return pack(values, DType::f64, std::move(shape));
}
Array make_array(std::span<const std::int64_t> values,
                 std::vector<std::int64_t> shape) {
  return pack(values, DType::i64, std::move(shape));
}

std::vector<float> floats(const Array& array) {
  return reals<float>(array, DType::f32);
}
std::vector<double> doubles(const Array& array) {
  return reals<double>(array, DType::f64);
}

std::vector<std::int64_t> integers(const Array& array) {
  switch (array.dtype) {
    case DType::i64:
      return whole<std::int64_t>(array);
    case DType::i32:
      return whole<std::int32_t>(array);
    default:
      throw StorageError(
          {"", "array", std::string(name_of(array.dtype)), "I32 or I64", ""});
  }
}

const Array& at(const ArrayMap& arrays, const std::string& name,
                const std::string& where) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) {
    std::string names;
    for (const auto& [other, array] : arrays) {
      if (names.size() < 200) names += (names.empty() ? "" : ", ") + other;
    }
    throw StorageError(
        {where, name, "no such tensor", "it among " + names, ""});
  }
  return found->second;
}

}  // namespace coxswain::storage
