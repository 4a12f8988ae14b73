#pragma once

#include <cstdint>
#include <string_view>

#include "storage/tensors/dtype.hpp"

namespace coxswain::storage {

float widen_f16(std::uint16_t bits);
float widen_bf16(std::uint16_t bits);
// To the nearest, ties to even; NaN stays NaN.
std::uint16_t narrow_bf16(float value);

// Elements of one floating-point kind to another: `bytes` holds whole elements
// of `from`, `out` has room for as many of `to` (f32, f64 or bf16). Throws
// StorageError that names `where` for a kind that is no number of ours.
void convert(DType from, std::string_view bytes, DType to, void* out,
             const std::string& where);

}  // namespace coxswain::storage
