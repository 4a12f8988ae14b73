#include "jobs/steering/controls.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <numeric>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/philox.hpp"
#include "jobs/device/row_product.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/balanced_signs.hpp"
#include "jobs/steering/resampled_clusters.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {

at::Tensor normal_tensor(const storage::Key& key, std::int64_t n) {
  return to_tensor(
      storage::make_array(std::span<const double>(normals(key, n)), {n}));
}

namespace {

// w [n] times rows [n, d], [d].
at::Tensor combined(const at::Tensor& w, const at::Tensor& rows) {
  return row_product(w.unsqueeze(0), rows).squeeze(0);
}

// sum_i weight_i (x_i+ - x_i-) / sum, [d_model] float64. Differences are those
// of float32, whatever kind the pairs were brought to.
at::Tensor weighted(const PairActivations& pairs,
                    const std::vector<double>& weights, double sum) {
  assert(std::ssize(weights) == pairs.positive.size(0));
  const at::Tensor differences =
      (pairs.positive.to(at::kFloat) - pairs.negative.to(at::kFloat))
          .to(at::kDouble);
  return combined(to_tensor(storage::make_array(
                      std::span<const double>(weights), {std::ssize(weights)})),
                  differences) /
         sum;
}

}  // namespace

at::Tensor control_direction(Control control, const storage::Key& key,
                             std::int64_t d_model,
                             const std::function<PairActivations()>& pairs,
                             const std::vector<PairCluster>& clusters,
                             std::int64_t n_clusters) {
  const auto counted_mean = [&](const std::vector<double>& counts) {
    return weighted(pairs(), counts,
                    std::accumulate(counts.begin(), counts.end(), 0.0));
  };
  switch (control) {
    case Control::random:
      return normal_tensor(key, d_model);
    case Control::covariance: {
      const PairActivations of = pairs();
      const auto centred = [](const at::Tensor& side) {
        const at::Tensor x = side.to(at::kDouble);
        return x - column_means(x);
      };
      const at::Tensor x =
          at::cat({centred(of.positive), centred(of.negative)});
      return combined(normal_tensor(key, x.size(0)), x);
    }
    case Control::shuffled: {
      const std::vector<int> signs = balanced_signs(clusters, key);
      return weighted(pairs(), {signs.begin(), signs.end()},
                      static_cast<double>(signs.size()));
    }
    case Control::resampled:
      return counted_mean(resampled_counts(clusters, key));
    case Control::subset:
      return counted_mean(subset_counts(clusters, key, n_clusters));
    default:
      throw JobError({"", "control", name_of(control),
                      "one that is made of random numbers", ""});
  }
}

at::Tensor with_norm(const at::Tensor& vector, double norm) {
  const double own = vector_norm(vector);
  return own == 0 ? vector : vector * (norm / own);
}

}  // namespace coxswain::jobs
