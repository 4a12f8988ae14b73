#pragma once

#include <cassert>
#include <cmath>

namespace coxswain::jobs {

// A sum without rounding, as two float64 that are stored side by side: a
// multiple of a unit (a power of two), and the rest, from 0 up to below the
// unit. What was summed in parts is the same sum, whatever the parts.
struct ExactParts {
  double whole = 0, rest = 0;

  // A number rounded to a multiple of unit 2^-44, below 2^52 units.
  static ExactParts of(double number, double unit) {
    const double whole = std::floor(number / unit) * unit;
    const double grain = unit * 0x1p-44;
    ExactParts parts{whole, std::nearbyint((number - whole) / grain) * grain};
    parts.carry(unit);  // the rest may have been rounded up to the unit
    return parts;
  }

  void add(const ExactParts& other, double unit) {
    assert(0 <= rest && rest < unit && 0 <= other.rest && other.rest < unit);
    whole += other.whole;
    rest += other.rest;
    carry(unit);
  }
  void carry(double unit) {
    if (rest < unit) return;
    rest -= unit;
    whole += unit;
  }
  double value() const { return whole + rest; }
};

}  // namespace coxswain::jobs
