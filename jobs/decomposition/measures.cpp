#include "jobs/decomposition/measures.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <limits>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/result_tensors.hpp"

namespace coxswain::jobs {

using decompose_result::Measures;
using decompose_result::Truth;

std::vector<Measures> measure(const at::Tensor& vectors,
                              const at::Tensor& rebuilt, double rounding) {
  const at::Tensor residual = vectors - rebuilt;
  const at::Tensor own = row_norms(vectors), left = row_norms(residual);
  const auto cosine = [&](const at::Tensor& x) {
    return row_sums(x * vectors) / (row_norms(x) * own);
  };
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::vector<Measures> measures(static_cast<std::size_t>(vectors.size(0)));
  const auto put = [&](double Measures::*member, const at::Tensor& values) {
    fill_member(measures, member,
                values.masked_fill(values.isfinite().logical_not(), kNaN));
  };
  put(&Measures::norm, row_norms(rebuilt));
  put(&Measures::norm_ratio, row_norms(rebuilt) / own);
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
