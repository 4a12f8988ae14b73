#include "jobs/decomposition/measures.hpp"

#include <ATen/ATen.h>

#include <limits>

namespace coxswain::jobs {

at::Tensor measure(const at::Tensor& vectors, const at::Tensor& rebuilt,
                   double rounding) {
  const auto length = [](const at::Tensor& x) { return x.norm(2, {1}); };
  const at::Tensor residual = vectors - rebuilt;
  const at::Tensor own = length(vectors), left = length(residual);
  const auto cosine = [&](const at::Tensor& x) {
    return (x * vectors).sum(1) / (length(x) * own);
  };
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const at::Tensor measures =
      at::stack({length(rebuilt), length(rebuilt) / own, cosine(rebuilt),
                 1 - (left / own).square(),
                 cosine(residual).masked_fill(left.le(rounding * own), kNaN)},
                1);
  return measures.masked_fill(measures.isfinite().logical_not(), kNaN);
}

std::array<std::int64_t, 3> recovered(const SparseCodes& codes,
                                      std::int64_t row,
                                      const std::vector<std::int64_t>& order,
                                      const std::vector<PlantedAtom>& planted,
                                      double scale) {
  if (planted.empty() || row >= codes.rows()) return {-1, -1, -1};
  std::int64_t found = 0, with_sign = 0;
  for (std::size_t i = 0; i < std::min(order.size(), planted.size()); ++i) {
    const auto at = static_cast<std::size_t>(order[i]);
    for (const PlantedAtom& atom : planted) {
      if (atom.feature != codes.features[at]) continue;
      ++found;
      if ((codes.values[at] > 0) == (atom.coefficient * scale > 0)) ++with_sign;
    }
  }
  return {std::ssize(planted), found, with_sign};
}

}  // namespace coxswain::jobs
