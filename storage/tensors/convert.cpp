#include "storage/tensors/convert.hpp"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>

#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

// Distinct types, so that the loops below know what two bytes mean.
struct Half {
  std::uint16_t bits;
};
struct BFloat {
  std::uint16_t bits;
};

template <class T>
T widen(T value) {
  return value;
}
float widen(Half value) { return widen_f16(value.bits); }
float widen(BFloat value) { return widen_bf16(value.bits); }

// An element as another kind has it, rounded where that holds less.
template <class To>
struct Narrow {
  static To from(auto value) { return static_cast<To>(value); }
};
template <>
struct Narrow<BFloat> {
  static BFloat from(auto value) {
    return {narrow_bf16(static_cast<float>(value))};
  }
};

template <class From, class To>
void convert_all(std::string_view bytes, void* out) {
  assert(bytes.size() % sizeof(From) == 0 && "whole numbers of them");
  const std::size_t count = bytes.size() / sizeof(From);
  auto* to = static_cast<char*>(out);
  for (std::size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    const To result = Narrow<To>::from(widen(value));
    std::memcpy(to + i * sizeof(To), &result, sizeof(To));
  }
}

[[noreturn]] void refuse(DType dtype, const std::string& where) {
  throw StorageError({where, "kind of number", std::string(name_of(dtype)),
                      "one of F32, F64, F16, BF16", ""});
}

template <class From>
void convert_from(std::string_view bytes, DType to, void* out,
                  const std::string& where) {
  switch (to) {
    case DType::f32:
      return convert_all<From, float>(bytes, out);
    case DType::f64:
      return convert_all<From, double>(bytes, out);
    case DType::bf16:
      return convert_all<From, BFloat>(bytes, out);
    default:
      refuse(to, where);
  }
}

}  // namespace

float widen_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

float widen_f16(std::uint16_t bits) {
  const auto sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fU;
  const std::uint32_t mantissa = bits & 0x3ffU;
  if (exponent == 0) {  // zero and subnormals: mantissa * 2^-24
    const float value = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -value : value;
  }
  // The exponent's bias is 15 in f16 and 127 in f32; 31 and 255 stand for
  // infinities and NaN.
  const std::uint32_t widened = exponent == 0x1f ? 0xff : exponent + 112;
  return std::bit_cast<float>(sign | widened << 23 | mantissa << 13);
}

std::uint16_t narrow_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  // A NaN whose bits are all in the lower half would become an infinity: its
  // quiet bit is set.
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  const std::uint32_t even = (bits >> 16) & 1U;
  // Adding just below half of the last kept bit, and that bit itself, rounds
  // ties to even.
  return static_cast<std::uint16_t>((bits + 0x7fffU + even) >> 16);
}

void convert(DType from, std::string_view bytes, DType to, void* out,
             const std::string& where) {
  assert(out != nullptr || bytes.empty());
  if (from == to) {
    if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
    return;
  }
  switch (from) {
    case DType::f32:
      return convert_from<float>(bytes, to, out, where);
    case DType::f64:
      return convert_from<double>(bytes, to, out, where);
    case DType::f16:
      return convert_from<Half>(bytes, to, out, where);
    case DType::bf16:
      return convert_from<BFloat>(bytes, to, out, where);
    default:
      refuse(from, where);
  }
}

}  // namespace coxswain::storage
