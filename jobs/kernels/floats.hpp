#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>

#include "jobs/kernels/kernels.hpp"

// Sixteen floats, as registers hold them: one of AVX-512's, or two halves where
// registers are narrower. The compiler has vectors of any width, but those
// wider than a register lie in memory, and each operation passes over it.
// Included by what is compiled once for each instruction set only, so
// everything here is in that set's namespace.
namespace coxswain::jobs::COXSWAIN_KERNEL_SET {

#if defined(__AVX512F__)
constexpr std::int64_t kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr std::int64_t kVectorBytes = 32;
#else
constexpr std::int64_t kVectorBytes = 16;
#endif
constexpr std::int64_t kLanes = 16;

// What one register holds of floats, and as many numbers of other types.
constexpr std::int64_t kRegisterLanes = kVectorBytes / 4;
using Register __attribute__((vector_size(kVectorBytes))) = float;
using RegisterInts __attribute__((vector_size(kVectorBytes))) = std::int32_t;
using RegisterWords __attribute__((vector_size(kVectorBytes))) = std::uint32_t;
using RegisterHalves __attribute__((vector_size(kVectorBytes / 2))) =
    std::uint16_t;

template <class V>
struct Two {
  V low, high;
};

template <std::int64_t lanes>
struct SomeFloats {
  using Type = Two<typename SomeFloats<lanes / 2>::Type>;
};
template <>
struct SomeFloats<kRegisterLanes> {
  using Type = Register;
};
using Floats = SomeFloats<kLanes>::Type;

template <class V>
constexpr std::int64_t kLanesOf = kRegisterLanes;
template <class V>
constexpr std::int64_t kLanesOf<Two<V>> = 2 * kLanesOf<V>;

template <class V>
constexpr bool kIsTwo = false;
template <class V>
constexpr bool kIsTwo<Two<V>> = true;

// A number in all lanes.
template <class V>
V all_of(float x) {
  if constexpr (kIsTwo<V>) {
    return {all_of<decltype(V::low)>(x), all_of<decltype(V::high)>(x)};
  } else {
    return V{} + x;
  }
}
inline Floats all(float x) { return all_of<Floats>(x); }

#define COXSWAIN_LANES_OPERATOR(op)                    \
  template <class V>                                   \
  auto operator op(const Two<V>& a, const Two<V>& b) { \
    return Two{a.low op b.low, a.high op b.high};      \
  }                                                    \
  template <class V>                                   \
  auto operator op(const Two<V>& a, float b) {         \
    return Two{a.low op b, a.high op b};               \
  }                                                    \
  template <class V>                                   \
  auto operator op(float a, const Two<V>& b) {         \
    return Two{a op b.low, a op b.high};               \
  }
COXSWAIN_LANES_OPERATOR(+)
COXSWAIN_LANES_OPERATOR(-)
COXSWAIN_LANES_OPERATOR(*)
COXSWAIN_LANES_OPERATOR(/)
COXSWAIN_LANES_OPERATOR(<)
COXSWAIN_LANES_OPERATOR(>)
COXSWAIN_LANES_OPERATOR(==)
#undef COXSWAIN_LANES_OPERATOR

template <class V>
Two<V> operator-(const Two<V>& x) {
  return {-x.low, -x.high};
}
template <class V, class Other>
Two<V>& operator+=(Two<V>& a, const Other& b) {
  return a = a + b;
}
template <class V, class Other>
Two<V>& operator*=(Two<V>& a, const Other& b) {
  return a = a * b;
}

// Lane by lane `a` where `mask`, which a comparison gave, is true, else `b`.
template <class Mask, class V>
V where(const Mask& mask, const V& a, const V& b) {
  if constexpr (kIsTwo<V>) {
    return {where(mask.low, a.low, b.low), where(mask.high, a.high, b.high)};
  } else {
    return mask ? a : b;
  }
}

// 2^n of whole numbers n in [-126, 127].
template <class V>
V power_of_two(const V& n) {
  if constexpr (kIsTwo<V>) {
    return {power_of_two(n.low), power_of_two(n.high)};
  } else {
    return std::bit_cast<V>((__builtin_convertvector(n, RegisterInts) + 127)
                            << 23);
  }
}

template <class V, class T>
V load_as(const T* from) {
  if constexpr (kIsTwo<V>) {
    using Half = decltype(V::low);
    return {load_as<Half>(from), load_as<Half>(from + kLanesOf<Half>)};
  } else if constexpr (std::same_as<T, float>) {
    V x;
    std::memcpy(&x, from, sizeof x);
    return x;
  } else {
    RegisterHalves bits;
    std::memcpy(&bits, from, sizeof bits);
    return std::bit_cast<V>(__builtin_convertvector(bits, RegisterWords) << 16);
  }
}
template <class T>
Floats load(const T* from) {
  return load_as<Floats>(from);
}

// Bfloat16: to the nearest, ties to even; NaN stays NaN.
template <class V, class T>
void store(const V& x, T* to) {
  if constexpr (kIsTwo<V>) {
    store(x.low, to);
    store(x.high, to + kLanesOf<decltype(V::low)>);
  } else if constexpr (std::same_as<T, float>) {
    std::memcpy(to, &x, sizeof x);
  } else {
    const auto bits = std::bit_cast<RegisterWords>(x);
    const RegisterWords rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    const RegisterWords nan = (bits >> 16) | 0x40;
    const RegisterHalves kept =
        __builtin_convertvector(x == x ? rounded : nan, RegisterHalves);
    std::memcpy(to, &kept, sizeof kept);
  }
}

// Lanes become one number, a half with the other half, again and again.
template <class V, class F>
float folded(const V& x, const F& f) {
  if constexpr (kIsTwo<V>) {
    return folded(f(x.low, x.high), f);
  } else {
    float lanes[kRegisterLanes];
    store(x, lanes);
    for (std::int64_t half = kRegisterLanes / 2; half > 0; half /= 2) {
      for (std::int64_t i = 0; i < half; ++i) {
        lanes[i] = f(lanes[i], lanes[i + half]);
      }
    }
    return lanes[0];
  }
}

inline float sum(const Floats& x) {
  return folded(x, [](const auto& a, const auto& b) { return a + b; });
}
inline float largest(const Floats& x) {
  return folded(x, []<class V>(const V& a, const V& b) {
    if constexpr (std::same_as<V, float>) {
      return a > b ? a : b;
    } else {
      return where(a > b, a, b);
    }
  });
}

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
