#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "jobs/task/exact_parts.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// Norms of any number of activations, in bins that are a fixed share of their
// value wide (0.27 %): what counts, means and deviations say is exact,
// quantiles are within a bin. Histograms of parts add up to that of the whole,
// to the bit: each norm is rounded to 44 binary places, and sums are exact.
class NormHistogram {
 public:
  // The norms of one bin, as sums that parts add up to.
  struct Bin {
    std::int64_t count = 0;
    ExactParts sum, squares;  // of the norms and of their squares
    double lowest = 0, highest = 0;
    // The unit of their sum, and its square, are those of the bin.
    void add(const Bin& other, double unit);
  };
  static constexpr int kBinsAnOctave = 256;

  // Throws NumbersError for a norm that is not finite.
  void add(double norm);
  void add(const NormHistogram& other);
  // Adds the norms of one bin, numbered as bins() numbers it.
  void add(std::int32_t bin, const Bin& other) {
    bins_[bin].add(other, unit(bin));
  }

  std::int64_t count() const;
  double mean() const;       // NaN of nothing, like all that follow
  double deviation() const;  // of the population
  double lowest() const;
  double highest() const;
  // 0 <= share <= 1, as if a bin's norms were spread evenly.
  double quantile(double share) const;
  // The norms whose bin begins at or below `norm`.
  NormHistogram up_to(double norm) const;

  // Bin b holds norms from lower_edge(b) on, below lower_edge(b + 1). A norm
  // of 0 is in a bin of its own, the first of all.
  const std::map<std::int32_t, Bin>& bins() const { return bins_; }
  static double lower_edge(std::int32_t bin);

 private:
  static double unit(std::int32_t bin);  // of its norms' sum

  std::map<std::int32_t, Bin> bins_;
};

// What is left of one layer's norms without sinks (jobs/steering/sinks.hpp);
// the rest are above its highest().
NormHistogram without_sinks(const NormHistogram& norms);

// Histograms as a task's result: offsets [n + 1], bins, counts i64, moments
// [bins, 6] f64 (observe_result::Moments).
storage::ArrayMap to_arrays(std::span<const NormHistogram> histograms);
// What to_arrays() was given. Throws storage::StorageError that names `where`.
std::vector<NormHistogram> to_histograms(const storage::ArrayMap& arrays,
                                         const std::string& where);

}  // namespace coxswain::jobs
