#include "runner/stages/merged_fit.hpp"

#include <bit>
#include <cassert>
#include <limits>

namespace coxswain::runner {
namespace {

using jobs::decompose_result::FitSums;

// sum n |mean of a task - mean of all|^2
double spread_of_means(std::span<const FitOfTask> tasks, double activations) {
  std::vector<double> mean;
  for (const FitOfTask& task : tasks) {
    mean.resize(task.mean.size(), 0);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += task.sums[0].activations / activations * task.mean[i];
    }
  }
  double spread = 0;
  for (const FitOfTask& task : tasks) {
    assert(task.mean.size() == mean.size());
    double square = 0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      square += (task.mean[i] - mean[i]) * (task.mean[i] - mean[i]);
    }
    spread += task.sums[0].activations * square;
  }
  return spread;
}

FitSums added(std::span<const FitOfTask> tasks, std::size_t convention) {
  FitSums all;
  for (const FitOfTask& task : tasks) {
    const FitSums& one = task.sums.at(convention);
    all.activations += one.activations;
    all.wrong += one.wrong;
    all.spread += one.spread;
    all.active += one.active;
    all.norms += one.norms;
  }
  return all;
}

// The share of features that are active in no task.
double dead_share(std::span<const FitOfTask> tasks, std::int64_t d_sae) {
  std::vector<std::uint64_t> any;
  for (const FitOfTask& task : tasks) {
    any.resize(task.active.size(), 0);
    for (std::size_t i = 0; i < any.size(); ++i) {
      any[i] |= static_cast<std::uint64_t>(task.active[i]);
    }
  }
  std::int64_t active = 0;
  for (const std::uint64_t word : any) active += std::popcount(word);
  assert(active <= d_sae);
  return 1 - static_cast<double>(active) / static_cast<double>(d_sae);
}

}  // namespace

FitOfTask read_fit(jobs::ResultReader& from) {
  namespace result = jobs::decompose_result;
  return {{from.row(result::kFitSums, 0), from.row(result::kFitSums, 1)},
          from.doubles(result::kFitMean),
          from.integers(result::kFitActive)};
}

MergedFit merged(std::span<const FitOfTask> tasks, std::int64_t d_sae) {
  const FitSums own = added(tasks, 0), other = added(tasks, 1);
  if (own.activations == 0) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    return {kNaN, kNaN, kNaN, kNaN, kNaN};
  }
  // The same activations under both conventions.
  const double spread = own.spread + spread_of_means(tasks, own.activations);
  return {1 - own.wrong / spread, own.active / own.activations,
          dead_share(tasks, d_sae), own.norms / own.activations,
          1 - other.wrong / spread};
}

}  // namespace coxswain::runner
