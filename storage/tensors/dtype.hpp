#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::storage {

// Kinds of numbers that arrays hold, and their shapes.
enum class DType : std::uint8_t { f32, f64, f16, bf16, i32, i64, u8, boolean };

std::uint64_t size_of(DType dtype);     // bytes of one element
std::string_view name_of(DType dtype);  // as safetensors spells it: "F32"
// The kind that safetensors calls `name`. Throws StorageError that names
// `where` for another.
DType dtype_named(std::string_view name, const std::string& where);

// Bytes of the dense elements of `shape`; nothing for a negative extent or for
// a product so large that arithmetic on it could overflow.
std::optional<std::uint64_t> dense_bytes(
    DType dtype, const std::vector<std::int64_t>& shape);

// "[3, 4]", for messages.
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace coxswain::storage
