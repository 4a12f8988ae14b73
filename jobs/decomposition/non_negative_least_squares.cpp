#include "jobs/decomposition/non_negative_least_squares.hpp"

#include <ATen/ATen.h>

#include "jobs/decomposition/working_set.hpp"

namespace coxswain::jobs {

at::Tensor non_negative_least_squares(
    const Dictionary& dictionary, const at::Tensor& vectors,
    const std::vector<std::vector<std::int64_t>>& allowed) {
  return solve_on_working_sets(dictionary, vectors,
                               {Signs::positive, 0, allowed})
      .codes;
}

}  // namespace coxswain::jobs
