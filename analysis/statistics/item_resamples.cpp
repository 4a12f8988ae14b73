#include "analysis/statistics/item_resamples.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <utility>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Fixed for good: another seed gives other intervals for the same results.
constexpr std::uint64_t kSeed = 20241108;
constexpr std::size_t kDraws = kResamples;

// By letter + 1.
constexpr std::size_t kB = 0, kWords = 1, kA = 2;

// A random index below n < 2^32, from the high bits: std's distributions differ
// between libraries.
std::size_t random_index(std::mt19937_64& random, std::size_t n) {
  assert(0 < n && n < std::size_t{1} << 32);
  return static_cast<std::size_t>(((random() >> 32) * n) >> 32);
}

LetterSlopes slopes_of(const double (&sums)[3], const double (&n)[3]) {
  if (n[kWords] > 0) return {sums[kWords] / n[kWords], kNaN};
  const double a = sums[kA] / n[kA];
  const double b = sums[kB] / n[kB];
  return {(a + b) / 2, (a - b) / 2};
}

}  // namespace

ItemResamples::ItemResamples(std::vector<ResampledItem> items)
    : items_(std::move(items)) {
  std::map<int, std::map<int, std::vector<std::size_t>>> by_cluster;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    assert(-1 <= items_[i].letter && items_[i].letter <= 1);
    by_cluster[items_[i].cluster][items_[i].letter].push_back(i);
  }
  // Clusters that have both letters are drawn among themselves.
  constexpr int kBoth = 2;
  std::map<int, std::vector<std::size_t>> groups;
  for (auto& [cluster, letters] : by_cluster) {
    groups[letters.size() > 1 ? kBoth : letters.begin()->first].push_back(
        n_clusters_);
    for (auto& [letter, indices] : letters) {
      n_[letter + 1] += static_cast<double>(indices.size());
      members_.push_back({letter, n_clusters_, std::move(indices)});
    }
    ++n_clusters_;
  }
  // Counts instead of drawn items: every variant then is one product with them,
  // a draw after the other in memory.
  counts_.assign(n_clusters_ * kDraws, 0.0F);
  std::mt19937_64 random(kSeed);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    for (const auto& [group, clusters] : groups) {
      for (std::size_t i = 0; i < clusters.size(); ++i) {
        counts_[clusters[random_index(random, clusters.size())] * kDraws +
                draw] += 1;
      }
    }
  }
  for (auto& sizes : sizes_) sizes.assign(kDraws, 0.0);
  for (const Member& member : members_) {
    const float* count = counts_.data() + member.cluster * kDraws;
    auto& sizes = sizes_[member.letter + 1];
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      sizes[draw] +=
          double{count[draw]} * static_cast<double>(member.items.size());
    }
  }
}

std::vector<double> ItemResamples::sums(std::span<const double> slopes) const {
  assert(slopes.size() == items_.size());
  std::vector<double> out;
  for (const Member& member : members_) {
    double sum = 0;
    for (const std::size_t i : member.items) sum += slopes[i];
    out.push_back(sum);
  }
  return out;
}

LetterSlopes ItemResamples::estimate(std::span<const double> slopes) const {
  assert(slopes.size() == items_.size());
  if (items_.empty()) return {kNaN, kNaN};
  double by_letter[3] = {0, 0, 0};
  for (std::size_t i = 0; i < items_.size(); ++i) {
    by_letter[items_[i].letter + 1] += slopes[i];
  }
  return slopes_of(by_letter, n_);
}

ItemResamples::Draws ItemResamples::draws(
    std::span<const double> slopes) const {
  std::vector<double> totals[3];
  for (auto& total : totals) total.assign(kDraws, 0.0);
  const std::vector<double> of_member = sums(slopes);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const float* count = counts_.data() + members_[m].cluster * kDraws;
    double* total = totals[members_[m].letter + 1].data();
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      total[draw] += double{count[draw]} * of_member[m];
    }
  }
  Draws out;
  out.content.resize(kDraws, kNaN);
  out.letter.resize(kDraws, kNaN);
  if (items_.empty()) return out;
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    const LetterSlopes one =
        slopes_of({totals[0][draw], totals[1][draw], totals[2][draw]},
                  {sizes_[0][draw], sizes_[1][draw], sizes_[2][draw]});
    out.content[draw] = one.content;
    out.letter[draw] = one.letter;
  }
  return out;
}

std::vector<double> ItemResamples::contributions(
    std::span<const double> slopes) const {
  std::vector<double> out(n_clusters_, 0.0);
  const std::vector<double> of_member = sums(slopes);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    // Each letter's group has half the say in the content slope, however many
    // items it has.
    const double n = n_[members_[m].letter + 1];
    out[members_[m].cluster] +=
        of_member[m] / (members_[m].letter == 0 ? n : 2 * n);
  }
  return out;
}

Interval percentile_interval(double estimate, std::vector<double> draws) {
  std::erase_if(draws, [](double value) { return std::isnan(value); });
  return {estimate, quantile(draws, 0.025), quantile(draws, 0.975)};
}

double standard_error(std::span<const double> draws) {
  std::vector<double> there;
  for (const double draw : draws) {
    if (!std::isnan(draw)) there.push_back(draw);
  }
  // One draw has no deviation.
  if (there.size() < 2) return kNaN;
  const double middle = mean(there);
  double squares = 0;
  for (const double draw : there) squares += (draw - middle) * (draw - middle);
  return std::sqrt(squares / static_cast<double>(there.size() - 1));
}

}  // namespace coxswain::analysis
