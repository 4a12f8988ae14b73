#include "analysis/statistics/ratio_set.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// {r : -2 b r + c <= 0}.
RatioSet half_line(double estimate, double b, double c) {
  using enum RatioSet::Shape;
  if (b > 0) return {estimate, c / (2 * b), kInfinity, from};
  if (b < 0) return {estimate, -kInfinity, c / (2 * b), up_to};
  // Where numerator and denominator vary as one both can be 0; where a
  // denominator is 0 without doubt and the numerator is not, no ratio fits.
  if (c <= 0) return {estimate, -kInfinity, kInfinity, all};
  return {estimate, kNaN, kNaN, none};
}

}  // namespace

RatioSet ratio_set(const PairedEstimates& pair, double t) {
  using enum RatioSet::Shape;
  const double estimate = pair.numerator / pair.denominator;
  // a r^2 - 2 b r + c <= 0.
  const double a =
      pair.denominator * pair.denominator - t * t * pair.var_denominator;
  const double b = pair.numerator * pair.denominator - t * t * pair.covariance;
  const double c = pair.numerator * pair.numerator - t * t * pair.var_numerator;
  if (std::isnan(a + b + c)) return {estimate, kNaN, kNaN, none};
  if (a == 0) return half_line(estimate, b, c);
  const double discriminant = b * b - a * c;
  if (a < 0 && discriminant <= 0) {
    return {estimate, -kInfinity, kInfinity, all};
  }
  // With a > 0 the estimate itself is in the set, so that roots are real: a
  // discriminant below 0 is rounding. The larger root in size first: the other
  // one by their product keeps its digits where they differ much.
  const double q = b + std::copysign(std::sqrt(std::max(0.0, discriminant)), b);
  const double one = q / a;
  const double other = q == 0 ? 0 : c / q;
  return {estimate, std::min(one, other), std::max(one, other),
          a > 0 ? interval : outside};
}

}  // namespace coxswain::analysis
