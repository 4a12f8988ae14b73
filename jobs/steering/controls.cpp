#include "jobs/steering/controls.hpp"

#include <ATen/ATen.h>

#include "jobs/job_error.hpp"
#include "jobs/philox.hpp"
#include "jobs/tensor_array.hpp"

namespace coxswain::jobs {

at::Tensor normal_tensor(const storage::Key& key, std::int64_t n) {
  return to_tensor(
      storage::make_array(std::span<const double>(normals(key, n)), {n}));
}

at::Tensor control_direction(Control control, const storage::Key& key,
                             std::int64_t d_model,
                             const std::function<PairActivations()>& pairs) {
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
