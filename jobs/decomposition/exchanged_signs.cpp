#include "jobs/decomposition/exchanged_signs.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace coxswain::jobs {
namespace {

// A feature that an exchange chose.
struct Chosen {
  double size = 0;
  std::uint32_t feature = 0;
  bool less = false;  // on x+
};

bool better(const Chosen& a, const Chosen& b) {
  return a.size > b.size || (a.size == b.size && a.feature < b.feature);
}

// The largest differences of every exchange so far. Features come in the order
// of their numbers: one that is only as large as the last does not displace it.
class LargestDifferences {
 public:
  LargestDifferences(std::size_t rows, std::size_t most)
      : most_(most), chosen_(rows), to_beat_(rows, 0.0) {}

  void offer(std::size_t row, std::size_t feature, double difference) {
    const double size = std::abs(difference);
    if (size <= to_beat_[row]) return;  // none without a difference, either
    std::vector<Chosen>& heap = chosen_[row];
    if (heap.size() == most_) {
      std::pop_heap(heap.begin(), heap.end(), better);
      heap.pop_back();
    }
    heap.push_back({size, static_cast<std::uint32_t>(feature), difference < 0});
    std::push_heap(heap.begin(), heap.end(), better);
    if (heap.size() == most_) to_beat_[row] = heap.front().size;
  }

  const std::vector<Chosen>& of(std::size_t row) const { return chosen_[row]; }

 private:
  std::size_t most_;
  std::vector<std::vector<Chosen>> chosen_;  // heaps, the smallest in front
  std::vector<double> to_beat_;              // 0 while there is room
};

// [clusters, rows] of exchanges [rows, clusters]: what a pair's sign is in
// every row lies together.
std::vector<std::int8_t> by_cluster(std::span<const std::int8_t> exchanges,
                                    std::size_t rows, std::size_t clusters) {
  std::vector<std::int8_t> signs(exchanges.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t cluster = 0; cluster < clusters; ++cluster) {
      signs[cluster * rows + row] = exchanges[row * clusters + cluster];
    }
  }
  return signs;
}

LargestDifferences choose(const FiringFeatures& features,
                          std::span<const std::int8_t> exchanges,
                          std::size_t rows, std::size_t most) {
  const auto signs = by_cluster(exchanges, rows,
                                static_cast<std::size_t>(features.n_clusters));
  LargestDifferences largest(rows, most);
  std::vector<double> positive(rows), negative(rows);
  for (std::size_t feature = 0; feature < features.size(); ++feature) {
    std::ranges::fill(positive, 0.0);
    std::ranges::fill(negative, 0.0);
    for (std::int64_t i = features.offsets[feature];
         i < features.offsets[feature + 1]; ++i) {
      const PairShare& share = features.shares[static_cast<std::size_t>(i)];
      const std::int64_t cluster =
          features.cluster_of[static_cast<std::size_t>(share.pair)];
      const std::int8_t* sign =
          signs.data() + static_cast<std::size_t>(cluster) * rows;
      for (std::size_t row = 0; row < rows; ++row) {
        positive[row] += sign[row] > 0 ? share.positive : share.negative;
        negative[row] += sign[row] > 0 ? share.negative : share.positive;
      }
    }
    for (std::size_t row = 0; row < rows; ++row) {
      largest.offer(row, feature, positive[row] - negative[row]);
    }
  }
  return largest;
}

// <v, W_enc[:, j]> of the vector that the exchange would have made. It starts
// from v's own, so that without an exchange it is that.
double projection(const FiringFeatures& features, std::size_t feature,
                  std::span<const std::int8_t> signs) {
  const double* of_clusters =
      features.of_clusters.data() + feature * signs.size();
  double sum = features.projections[feature];
  for (std::size_t cluster = 0; cluster < signs.size(); ++cluster) {
    if (signs[cluster] < 0) sum -= 2 * of_clusters[cluster];
  }
  return sum;
}

}  // namespace

std::vector<SignPairs> exchanged_signs(const FiringFeatures& features,
                                       std::span<const std::int8_t> exchanges,
                                       std::int64_t most) {
  assert(most > 0 && features.n_clusters > 0);
  const auto clusters = static_cast<std::size_t>(features.n_clusters);
  assert(exchanges.size() % clusters == 0);
  assert(features.projections.size() == features.size());
  assert(features.of_clusters.size() == features.size() * clusters);
  const std::size_t rows = exchanges.size() / clusters;
  const LargestDifferences largest =
      choose(features, exchanges, rows, static_cast<std::size_t>(most));
  std::vector<SignPairs> pairs(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto signs = exchanges.subspan(row * clusters, clusters);
    for (const Chosen& one : largest.of(row)) {
      const bool against = projection(features, one.feature, signs) < 0;
      ++pairs[row][(one.less ? 2U : 0U) + (against ? 1U : 0U)];
    }
  }
  return pairs;
}

std::vector<std::int64_t> counted_signs(std::span<const SignPairs> rows,
                                        std::int64_t most) {
  assert(most >= 0);
  const auto bins = static_cast<std::size_t>(most) + 1;
  std::vector<std::int64_t> counts(4 * bins, 0);
  for (const SignPairs& row : rows) {
    for (std::size_t pair = 0; pair < row.size(); ++pair) {
      assert(0 <= row[pair] && row[pair] <= most);
      ++counts[pair * bins + static_cast<std::size_t>(row[pair])];
    }
  }
  return counts;
}

}  // namespace coxswain::jobs
