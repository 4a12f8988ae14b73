#pragma once

#include "jobs/kernels/floats.hpp"

// Rows of numbers, sixteen at a time, and functions of each number.
namespace coxswain::jobs::COXSWAIN_KERNEL_SET {

// The first n < 16 of them, zeros behind.
template <class T>
Floats load_some(const T* from, std::int64_t n) {
  T some[kLanes] = {};
  std::memcpy(some, from, static_cast<std::size_t>(n) * sizeof(T));
  return load(some);
}
template <class T>
void store_some(const Floats& x, T* to, std::int64_t n) {
  T some[kLanes];
  store(x, some);
  std::memcpy(to, some, static_cast<std::size_t>(n) * sizeof(T));
}

// Sixteen numbers, all of them there.
struct Whole {
  template <class T>
  Floats load(const T* from) const {
    return COXSWAIN_KERNEL_SET::load(from);
  }
  template <class T>
  void store(const Floats& x, T* to) const {
    COXSWAIN_KERNEL_SET::store(x, to);
  }
  Floats or_lowest(const Floats& x) const { return x; }
};
// The last n < 16 numbers of a row: nothing behind them is read or written.
struct Some {
  std::int64_t n;
  template <class T>
  Floats load(const T* from) const {
    return load_some(from, n);
  }
  template <class T>
  void store(const Floats& x, T* to) const {
    store_some(x, to, n);
  }
  // What is not there can't be the largest.
  Floats or_lowest(const Floats& x) const {
    float lanes[kLanes];
    COXSWAIN_KERNEL_SET::store(x, lanes);
    for (std::int64_t i = n; i < kLanes; ++i) lanes[i] = -HUGE_VALF;
    return COXSWAIN_KERNEL_SET::load(lanes);
  }
};
// f(i, part) for every sixteen of d: `part` is Whole, or Some where the last
// ones are fewer.
template <class F>
void by_lanes(std::int64_t d, const F& f) {
  std::int64_t i = 0;
  for (; i + kLanes <= d; i += kLanes) f(i, Whole{});
  if (i < d) f(i, Some{d - i});
}

// e^x: 2^n times a polynomial in the rest, which is at most ln(2) / 2; two
// units in the last place. Ends in 0 below and in infinity above.
inline Floats exponential(Floats x) {
  constexpr float kLog2e = 1.44269504F;
  constexpr float kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds
  const Floats clamped =
      where(x < -87.0F, all(-87.0F), where(x > 88.0F, all(88.0F), x));
  const Floats n = (clamped * kLog2e + kRound) - kRound;
  const Floats r = (clamped - n * kLn2High) - n * kLn2Low;
  // Taylor's coefficients to the seventh power: the rest is below 1e-8.
  Floats p = r * (1.0F / 5040) + (1.0F / 720);
  p = p * r + (1.0F / 120);
  p = p * r + (1.0F / 24);
  p = p * r + (1.0F / 6);
  p = p * r + 0.5F;
  p = p * r * r + r + 1.0F;
  const Floats value = p * power_of_two(n);
  const Floats bounded =
      where(x > 88.0F, all(HUGE_VALF), where(x < -87.0F, all(0.0F), value));
  return where(x == x, bounded, x);
}

// A polynomial near 0, where the quotient would cancel.
inline Floats hyperbolic_tangent(Floats x) {
  const Floats size = where(x < 0.0F, -x, x);
  const Floats square = x * x;
  Floats p = square * (62.0F / 2835) - (17.0F / 315);
  p = p * square + (2.0F / 15);
  p = p * square - (1.0F / 3);
  const Floats near = x + x * square * p;
  const Floats far = 1.0F - 2.0F / (exponential(2.0F * size) + 1.0F);
  return where(size < 0.25F, near, where(x < 0.0F, -far, far));
}

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
