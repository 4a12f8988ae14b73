#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// Norms of any number of activations, in bins that are a fixed share of their
// value wide (0.27 %): what counts, means and deviations say is exact,
// quantiles are within a bin. Histograms of parts add up to that of the whole;
// sums are in float64, in the order in which norms are added.
class NormHistogram {
 public:
  // The norms of one bin, as sums that parts add up to.
  struct Bin {
    std::int64_t count = 0;
    double sum = 0, squares = 0;  // of the norms and of their squares
    double lowest = 0, highest = 0;
    void add(const Bin& other);
  };
  static constexpr int kBinsAnOctave = 256;

  // Throws NumbersError for a norm that is not finite.
  void add(double norm);
  void add(const NormHistogram& other);
  // Adds the norms of one bin, numbered as bins() numbers it.
  void add(std::int32_t bin, const Bin& other) { bins_[bin].add(other); }

  std::int64_t count() const { return all().count; }
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
  Bin all() const;

  std::map<std::int32_t, Bin> bins_;
};

// What is left of one layer's norms without sinks (jobs/steering/sinks.hpp);
// the rest are above its highest().
NormHistogram without_sinks(const NormHistogram& norms);

// Histograms as a task's result: offsets [n + 1], bins, counts i64, moments
// [bins, 4] f64 (sum, sum of squares, lowest, highest).
storage::ArrayMap to_arrays(std::span<const NormHistogram> histograms);
// What to_arrays() was given. Throws storage::StorageError that names `where`.
std::vector<NormHistogram> to_histograms(const storage::ArrayMap& arrays,
                                         const std::string& where);

}  // namespace coxswain::jobs
