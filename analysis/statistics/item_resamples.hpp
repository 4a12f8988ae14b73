#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// What resampling has to know of an item.
struct ResampledItem {
  int letter = 0;   // that matches. 1: A, -1: B, 0: words
  int cluster = 0;  // items that are not independent share it
  auto operator<=>(const ResampledItem&) const = default;
};

// Content and letter slope of some items' slopes. With s_A and s_B the mean
// slopes of the items whose matching letter is A and B, content is
// (s_A + s_B) / 2 and letter (s_A - s_B) / 2. Words have no letters: content is
// the mean, letter NaN. Content is NaN where one letter has no item.
struct LetterSlopes {
  double content = 0, letter = 0;
};

constexpr int kResamples = 2000;  // of each set of items

// Bootstrap resamples of a set of items, the same ones for every variant that
// is measured on them, so that variants can be compared draw by draw. Clusters
// are drawn with replacement, within their letter where they have one alone.
// Deterministic: a fixed seed. Const and thread-safe.
class ItemResamples {
 public:
  explicit ItemResamples(std::vector<ResampledItem> items);

  const std::vector<ResampledItem>& items() const { return items_; }

  // slopes [n_items].
  LetterSlopes estimate(std::span<const double> slopes) const;

  // Content and letter slope of each resample, [kResamples] both; the i-th of
  // two variants on equal items are of the same draw.
  struct Draws {
    std::vector<double> content, letter;
  };
  Draws draws(std::span<const double> slopes) const;

  // What each cluster adds to the content slope, which is their sum.
  std::vector<double> contributions(std::span<const double> slopes) const;

 private:
  // Items of one cluster and letter.
  struct Member {
    int letter = 0;
    std::size_t cluster = 0;  // row of counts_
    std::vector<std::size_t> items;
  };
  std::vector<double> sums(std::span<const double> slopes) const;

  std::vector<ResampledItem> items_;
  std::vector<Member> members_;
  std::size_t n_clusters_ = 0;
  std::vector<float> counts_;  // [n_clusters, kResamples] how often drawn
  std::vector<double> sizes_[3] =
      {};                    // [kResamples] items drawn, by letter + 1
  double n_[3] = {0, 0, 0};  // items, by letter + 1
};

// The 95 % percentile interval of draws, those that are no number left out.
// (Efron and Tibshirani 1993, chapter 13.)
Interval percentile_interval(double estimate, std::vector<double> draws);

// The standard deviation of draws, which is the standard error of what they
// estimate.
double standard_error(std::span<const double> draws);

}  // namespace coxswain::analysis
