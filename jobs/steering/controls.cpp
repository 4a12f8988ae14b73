#include "jobs/steering/controls.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <map>

#include "jobs/device/philox.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {

at::Tensor normal_tensor(const storage::Key& key, std::int64_t n) {
  return to_tensor(
      storage::make_array(std::span<const double>(normals(key, n)), {n}));
}

std::vector<double> resampled_counts(const std::vector<PairCluster>& clusters,
                                     const storage::Key& key) {
  std::map<std::int32_t, std::vector<std::int32_t>> strata;
  for (const PairCluster& pair : clusters) {
    auto& members = strata[pair.stratum];
    if (std::find(members.begin(), members.end(), pair.cluster) ==
        members.end()) {
      members.push_back(pair.cluster);
    }
  }
  std::map<std::int32_t, double> drawn;
  const std::vector<std::uint32_t> random =
      words(key, std::ssize(clusters));  // there are no more clusters than that
  std::size_t next = 0;
  for (const auto& [stratum, members] : strata) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      assert(next < random.size());
      const std::uint64_t at = (std::uint64_t{random[next++]} * members.size());
      drawn[members[static_cast<std::size_t>(at >> 32)]] += 1;
    }
  }
  std::vector<double> counts;
  for (const PairCluster& pair : clusters)
    counts.push_back(drawn[pair.cluster]);
  return counts;
}

at::Tensor control_direction(Control control, const storage::Key& key,
                             std::int64_t d_model,
                             const std::function<PairActivations()>& pairs,
                             const std::vector<PairCluster>& clusters) {
  switch (control) {
    case Control::random:
      return normal_tensor(key, d_model);
    case Control::covariance: {
      const PairActivations of = pairs();
      const at::Tensor x = at::cat({of.positive, of.negative}).to(at::kDouble);
      return at::mv((x - x.mean({0}, true)).t(), normal_tensor(key, x.size(0)));
    }
    case Control::shuffled: {
      const PairActivations of = pairs();
      const at::Tensor signs =
          normal_tensor(key, of.positive.size(0)).ge(0).to(at::kDouble) * 2 - 1;
      return at::mv((of.positive - of.negative).to(at::kDouble).t(), signs);
    }
    case Control::resampled: {
      const PairActivations of = pairs();
      const std::vector<double> counts = resampled_counts(clusters, key);
      assert(std::ssize(counts) == of.positive.size(0));
      const at::Tensor weights = to_tensor(storage::make_array(
          std::span<const double>(counts), {std::ssize(counts)}));
      return at::mv((of.positive - of.negative).to(at::kDouble).t(), weights) /
             weights.sum();
    }
    default:
      throw JobError({"", "control", name_of(control),
                      "one that is made of random numbers", ""});
  }
}

at::Tensor with_norm(const at::Tensor& vector, double norm) {
  const double own = vector.norm().item<double>();
  return own == 0 ? vector : vector * (norm / own);
}

}  // namespace coxswain::jobs
