#include "analysis/statistics/first_passage.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace coxswain::analysis {
namespace {

constexpr double kTail = 0.025;

// Value plus t standard errors; NaN without a variance.
double limit(const Estimate& margin, double share, double sign) {
  return margin.value +
         sign * t_quantile(share, margin.df) * std::sqrt(margin.variance);
}

template <class Holds>
std::size_t first_of(std::span<const Estimate> margins, const Holds& holds) {
  return static_cast<std::size_t>(std::ranges::find_if(margins, holds) -
                                  margins.begin());
}

}  // namespace

bool is_above(const Estimate& margin, std::size_t n) {
  return limit(margin, 1 - kTail / static_cast<double>(n), -1) >= 0;
}

std::vector<double> isotonic(std::span<const double> values) {
  // Neighbours that were pooled: their sum, and how many.
  struct Pool {
    double sum = 0;
    std::size_t n = 0;
    double mean() const { return sum / static_cast<double>(n); }
  };
  std::vector<Pool> pools;
  for (const double value : values) {
    pools.push_back({value, 1});
    while (pools.size() > 1 &&
           pools[pools.size() - 2].mean() >= pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().sum += last.sum;
      pools.back().n += last.n;
    }
  }
  std::vector<double> out;
  for (const Pool& pool : pools) out.insert(out.end(), pool.n, pool.mean());
  return out;
}

Passage first_passage(std::span<const Estimate> margins) {
  assert(!margins.empty());
  std::vector<double> values;
  for (const Estimate& one : margins) values.push_back(one.value);
  const std::vector<double> smooth = isotonic(values);
  Passage passage;
  passage.estimate = static_cast<std::size_t>(
      std::ranges::find_if(smooth, [](double v) { return v >= 0; }) -
      smooth.begin());
  passage.low = first_of(margins, [](const Estimate& one) {
    return !(limit(one, 1 - kTail, 1) < 0);
  });
  passage.high = first_of(margins, [&](const Estimate& one) {
    return is_above(one, margins.size());
  });
  passage.estimate = std::clamp(passage.estimate, passage.low,
                                std::max(passage.low, passage.high));
  return passage;
}

}  // namespace coxswain::analysis
