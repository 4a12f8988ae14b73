#include "storage/tensors/dtype.hpp"

#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

// A kind, how safetensors spells it, and the bytes of one element.
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
  // Leaves room for the bytes of an element: the product with size_of() can't
  // overflow either.
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

}  // namespace coxswain::storage
