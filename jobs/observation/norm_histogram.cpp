#include "jobs/observation/norm_histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "jobs/steering/sinks.hpp"
#include "jobs/task/numbers_error.hpp"
#include "jobs/task/observe_result.hpp"
#include "jobs/task/result_reader.hpp"
#include "jobs/task/result_writer.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::jobs {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int32_t kZero = std::numeric_limits<std::int32_t>::min();

std::int32_t bin_of(double norm) {
  if (norm == 0) return kZero;
  // Logarithms, so that a bin is the same share of its value for norms of 1 and
  // of 10,000.
  return static_cast<std::int32_t>(
      std::floor(std::log2(norm) * NormHistogram::kBinsAnOctave));
}

}  // namespace

void NormHistogram::Bin::add(const Bin& other, double unit) {
  assert(other.count >= 0 && other.lowest <= other.highest);
  if (other.count == 0) return;
  lowest = count == 0 ? other.lowest : std::min(lowest, other.lowest);
  highest = count == 0 ? other.highest : std::max(highest, other.highest);
  count += other.count;
  sum.add(other.sum, unit);
  squares.add(other.squares, unit * unit);
}

void NormHistogram::add(double norm) {
  if (!std::isfinite(norm)) {
    throw NumbersError({"", "norm of an activation", std::to_string(norm),
                        "a finite number", ""});
  }
  const std::int32_t bin = bin_of(norm);
  const double one = unit(bin);
  add(bin, {1, ExactParts::of(norm, one),
            ExactParts::of(norm * norm, one * one), norm, norm});
}

void NormHistogram::add(const NormHistogram& other) {
  for (const auto& [bin, content] : other.bins_) add(bin, content);
}

std::int64_t NormHistogram::count() const {
  std::int64_t all = 0;
  for (const auto& [number, bin] : bins_) all += bin.count;
  return all;
}

double NormHistogram::mean() const {
  if (bins_.empty()) return kNaN;
  double sum = 0;
  for (const auto& [number, bin] : bins_) sum += bin.sum.value();
  return sum / static_cast<double>(count());
}

double NormHistogram::deviation() const {
  if (bins_.empty()) return kNaN;
  double squares = 0;
  for (const auto& [number, bin] : bins_) squares += bin.squares.value();
  const double own = mean();
  // The difference cancels where all norms are alike: rounding must not make it
  // negative.
  return std::sqrt(
      std::max(0.0, squares / static_cast<double>(count()) - own * own));
}

double NormHistogram::lowest() const {
  return bins_.empty() ? kNaN : bins_.begin()->second.lowest;
}

double NormHistogram::highest() const {
  return bins_.empty() ? kNaN : bins_.rbegin()->second.highest;
}

// Linear between order statistics, as numpy has it: number `place` of all.
double NormHistogram::quantile(double share) const {
  assert(0 <= share && share <= 1);
  double place = share * static_cast<double>(count() - 1);
  for (const auto& [number, bin] : bins_) {
    const auto n = static_cast<double>(bin.count);
    if (place <= n - 1 || number == bins_.rbegin()->first) {
      const double within = n > 1 ? std::clamp(place / (n - 1), 0.0, 1.0) : 0;
      return bin.lowest + within * (bin.highest - bin.lowest);
    }
    if (place < n) return bin.highest;  // between this bin and the next
    place -= n;
  }
  return kNaN;
}

NormHistogram NormHistogram::up_to(double norm) const {
  NormHistogram some;
  for (const auto& [number, bin] : bins_) {
    if (lower_edge(number) <= norm) some.bins_[number] = bin;
  }
  return some;
}

double NormHistogram::lower_edge(std::int32_t bin) {
  return bin == kZero ? 0 : std::exp2(static_cast<double>(bin) / kBinsAnOctave);
}

// No norm is below it: the power of two at or below the bin.
double NormHistogram::unit(std::int32_t bin) {
  if (bin == kZero) return 1;
  const auto octave =
      static_cast<int>(std::floor(static_cast<double>(bin) / kBinsAnOctave));
  return std::ldexp(1.0, octave);
}

NormHistogram without_sinks(const NormHistogram& norms) {
  return norms.up_to(kSinkMedians * norms.quantile(0.5));
}

storage::ArrayMap to_arrays(std::span<const NormHistogram> histograms) {
  std::vector<std::int64_t> offsets{0}, bins, counts;
  std::vector<observe_result::Moments> moments;
  for (const NormHistogram& one : histograms) {
    for (const auto& [number, bin] : one.bins()) {
      bins.push_back(number);
      counts.push_back(bin.count);
      moments.push_back({bin.sum.whole, bin.sum.rest, bin.squares.whole,
                         bin.squares.rest, bin.lowest, bin.highest});
    }
    offsets.push_back(std::ssize(bins));
  }
  const auto n = std::ssize(bins);
  storage::ArrayMap arrays;
  put(arrays, observe_result::kOffsets, offsets, {std::ssize(offsets)});
  put(arrays, observe_result::kBins, bins, {n});
  put(arrays, observe_result::kCounts, counts, {n});
  put(arrays, observe_result::kMoments, moments, {n});
  return arrays;
}

std::vector<NormHistogram> to_histograms(const storage::ArrayMap& arrays,
                                         const std::string& where) {
  const auto integers_of = [&](NumbersOf<std::int64_t> which) {
    return storage::integers(storage::at(arrays, which.name, where));
  };
  const auto offsets = integers_of(observe_result::kOffsets);
  const auto bins = integers_of(observe_result::kBins);
  const auto counts = integers_of(observe_result::kCounts);
  const auto moments = read_rows(arrays, observe_result::kMoments, where);
  const std::size_t n = bins.size();
  if (offsets.empty() || counts.size() != n || moments.size() != n ||
      offsets.back() != std::ssize(bins) || offsets.front() != 0 ||
      !std::ranges::is_sorted(offsets)) {
    throw storage::StorageError({where, observe_result::kOffsets.name,
                                 "arrays that do not fit", "histograms", ""});
  }
  std::vector<NormHistogram> histograms(offsets.size() - 1);
  for (std::size_t h = 0; h < histograms.size(); ++h) {
    for (auto i = static_cast<std::size_t>(offsets[h]);
         i < static_cast<std::size_t>(offsets[h + 1]); ++i) {
      const observe_result::Moments& m = moments[i];
      histograms[h].add(static_cast<std::int32_t>(bins[i]),
                        {counts[i],
                         {m.sum_whole, m.sum_rest},
                         {m.squares_whole, m.squares_rest},
                         m.lowest,
                         m.highest});
    }
  }
  return histograms;
}

}  // namespace coxswain::jobs
