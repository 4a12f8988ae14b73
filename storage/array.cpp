#include "storage/array.hpp"

#include <cstring>

#include "storage/convert.hpp"
#include "storage/fault.hpp"

namespace coxswain::storage {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::uint64_t size;
};
constexpr DTypeRow kDTypes[] = {
    {DType::f32, "F32", 4}, {DType::f64, "F64", 8},
    {DType::f16, "F16", 2}, {DType::bf16, "BF16", 2},
    {DType::i32, "I32", 4}, {DType::i64, "I64", 8},
    {DType::u8, "U8", 1},   {DType::boolean, "BOOL", 1}};

const DTypeRow& row_of(DType dtype) {
  for (const DTypeRow& row : kDTypes) {
    if (row.dtype == dtype) return row;
  }
  throw StorageError({"", "dtype", "unknown", "", ""});
}

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
  std::vector<To> values(static_cast<std::size_t>(array.count()));
  convert(array.dtype, array.bytes, to, values.data(), "array");
  return values;
}

}  // namespace

std::uint64_t size_of(DType dtype) { return row_of(dtype).size; }
std::string_view name_of(DType dtype) { return row_of(dtype).name; }

DType dtype_named(std::string_view name, const std::string& where) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) return row.dtype;
  }
  throw StorageError({where, "dtype", std::string(name),
                      "one of F32 F64 F16 BF16 I32 I64 U8 BOOL", ""});
}

std::optional<std::uint64_t> dense_bytes(
    DType dtype, const std::vector<std::int64_t>& shape) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 60;
  std::uint64_t count = 1;
  bool empty = false;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return std::nullopt;
    empty = empty || extent == 0;
    if (extent == 0) continue;  // what stands beside it must still be possible
    if (count > kMost / static_cast<std::uint64_t>(extent)) return std::nullopt;
    count *= static_cast<std::uint64_t>(extent);
  }
  return empty ? 0 : count * size_of(dtype);
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string out = "[";
  for (const std::int64_t extent : shape) {
    out += (out.size() > 1 ? ", " : "") + std::to_string(extent);
  }
  return out + "]";
}

std::int64_t Array::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
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
