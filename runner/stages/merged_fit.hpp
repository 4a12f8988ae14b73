#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "jobs/task/decompose_result.hpp"
#include "jobs/task/result_reader.hpp"

namespace coxswain::runner {

// What one decompose task says of its SAE's fit: the arrays of these names.
struct FitOfTask {
  std::array<jobs::decompose_result::FitSums, 2> sums;
  std::vector<double> mean;
  std::vector<std::int64_t> active;
};
FitOfTask read_fit(jobs::ResultReader& from);

// How an SAE does on the activations of all its tasks, as tables/saes has it;
// NaN without any.
struct MergedFit {
  double explained_variance = 0;  // 1 - sum |x - x_hat|^2 / sum |x - mean|^2
  double l0 = 0;                  // mean number of active features
  double dead_share = 0;          // features active on none of them
  double activation_norm = 0;     // mean |x|
  // Under the convention for b_dec that is not the SAE's own.
  double explained_variance_other = 0;
};
// The sums are added up in the order of the tasks, and the spread about the
// mean of all is that about each task's mean and the means' own. Sums over all
// activations at once would differ from them in their last bits, and so would
// those of another order of behaviours; dead_share alone is exact.
MergedFit merged(std::span<const FitOfTask> tasks, std::int64_t d_sae);

}  // namespace coxswain::runner
