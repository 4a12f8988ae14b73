#include "jobs/decomposition/measures.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <limits>

#include "jobs/device/result_tensors.hpp"

namespace coxswain::jobs {

using decompose_result::Measures;
using decompose_result::Truth;

std::vector<Measures> measure(const at::Tensor& vectors,
                              const at::Tensor& rebuilt, double rounding) {
  const auto length = [](const at::Tensor& x) { return x.norm(2, {1}); };
  const at::Tensor residual = vectors - rebuilt;
  const at::Tensor own = length(vectors), left = length(residual);
  const auto cosine = [&](const at::Tensor& x) {
    return (x * vectors).sum(1) / (length(x) * own);
  };
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::vector<Measures> measures(static_cast<std::size_t>(vectors.size(0)));
  const auto put = [&](double Measures::*member, const at::Tensor& values) {
    fill_member(measures, member,
                values.masked_fill(values.isfinite().logical_not(), kNaN));
  };
  put(&Measures::norm, length(rebuilt));
  put(&Measures::norm_ratio, length(rebuilt) / own);
  put(&Measures::cosine, cosine(rebuilt));
  put(&Measures::explained_variance, 1 - (left / own).square());
  put(&Measures::residual_cosine,
      cosine(residual).masked_fill(left.le(rounding * own), kNaN));
  return measures;
}

Truth recovered(const SparseCodes& codes, std::int64_t row,
                const std::vector<std::int64_t>& order,
                const std::vector<PlantedAtom>& planted, double scale) {
  if (planted.empty() || row >= codes.rows()) return {};
  std::int64_t found = 0, with_sign = 0;
  for (std::size_t i = 0; i < std::min(order.size(), planted.size()); ++i) {
    const auto at = static_cast<std::size_t>(order[i]);
    assert(at < codes.features.size());
    for (const PlantedAtom& atom : planted) {
      if (atom.feature != codes.features[at]) continue;
      ++found;
      // A negative scale turns every sign.
      if ((codes.values[at] > 0) == (atom.coefficient * scale > 0)) ++with_sign;
    }
  }
  return {std::ssize(planted), found, with_sign};
}

}  // namespace coxswain::jobs
