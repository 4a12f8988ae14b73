#include "jobs/decomposition/lasso.hpp"

#include <ATen/ATen.h>

#include "jobs/decomposition/working_set.hpp"

namespace coxswain::jobs {

Lasso lasso(const Dictionary& dictionary, const at::Tensor& vectors,
            double fraction, Signs signs) {
  const SparseFit fit =
      solve_on_working_sets(dictionary, vectors, {signs, fraction, {}});
  return {fit.codes, fit.lambda};
}

}  // namespace coxswain::jobs
