#pragma once

namespace coxswain::analysis {

// Two estimates measured on the same items.
struct PairedEstimates {
  double numerator = 0, denominator = 0;
  double var_numerator = 0, var_denominator = 0, covariance = 0;
};

// Which ratios cannot be told from that of two estimates.
struct RatioSet {
  enum class Shape {
    none,      // no number
    interval,  // [low, high]
    from,      // [low, inf): the denominator can just be told from 0
    up_to,     // (-inf, high]
    outside,   // (-inf, low] and [high, inf): the denominator can be 0
    all,       // every number
  };
  double estimate = 0;
  double low = 0, high = 0;
  Shape shape = Shape::none;
};

// {r : |numerator - r denominator| <= t se(numerator - r denominator)} (Fieller
// 1954). Bounded exactly where the denominator's own interval, denominator +- t
// sqrt(var_denominator), excludes 0.
RatioSet ratio_set(const PairedEstimates& pair, double t);

}  // namespace coxswain::analysis
