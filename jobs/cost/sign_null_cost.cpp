#include "jobs/cost/sign_null_cost.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "jobs/cost/decompose_cost.hpp"
#include "jobs/cost/output_array.hpp"
#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/task/sign_null_result.hpp"

namespace coxswain::jobs {
namespace {

double number(std::int64_t n) { return static_cast<double>(n); }

std::int64_t n_clusters(const ShuffleRequest& shuffle) {
  std::set<std::int32_t> numbers;
  for (const PairCluster& pair : shuffle.clusters) numbers.insert(pair.cluster);
  return std::ssize(numbers);
}

}  // namespace

TaskCost cost_of(const SignNullTask& task, const SaeHeader& sae,
                 std::span<const std::int64_t> n_pairs) {
  assert(n_pairs.size() == task.shuffles.size());
  const double shuffles = task.n_shuffles, most = task.n_differences;
  const double firing = usually_firing(sae);
  const double d_in = number(sae.d_in), d_sae = number(sae.d_sae);
  double rows = 0, kept = 0, exchanging = 0;
  TaskCost cost;
  for (std::size_t b = 0; b < n_pairs.size(); ++b) {
    const double clusters = number(n_clusters(task.shuffles[b]));
    const double codes = 2 * number(n_pairs[b]) * usual_l0(sae);
    rows += 2 * number(n_pairs[b]) + clusters + 1;
    kept += 16 * codes + 4 * firing * clusters;
    // Sums of both sides for every code and exchange, then the choice.
    cost.flops += shuffles * (4 * codes + 2 * firing + most * (16 + clusters));
    // Of one behaviour after the other.
    exchanging =
        std::max(exchanging, 48 * codes + 16 * firing * clusters +
                                 shuffles * (24 * most + 16 + 2 * clusters));
  }
  cost.flops += 2 * d_in * d_sae * rows;
  const bool in_memory = sae.bytes() <= kMostInMemory;
  const double products = std::min(
      rows, number(in_memory ? kRowsInMemory : rows_a_reading(sae.d_sae)));
  // Means of codes, and how often each feature fires; projections of vectors.
  const double of_behaviour = 2 * 16 + 4;
  cost.size.memory_bytes = static_cast<std::int64_t>(
      d_sae * (of_behaviour * number(std::ssize(n_pairs)) + 4 * 3 * products) +
      8 * d_in * rows + kept + exchanging);
  cost.size.result_bytes = safetensors_bytes({output_of(
      sign_null_result::kCounts,
      std::ssize(n_pairs) * 4 * (std::int64_t{task.n_differences} + 1))});
  return cost;
}

}  // namespace coxswain::jobs
