#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace coxswain::jobs {

// What a pair adds to a feature's means: f(x+) / n and f(x-) / n of n pairs.
struct PairShare {
  std::int64_t pair = 0;
  double positive = 0, negative = 0;
};

// What n pairs, in clusters, have of the features that fire on any of them;
// features by their number in the SAE.
struct FiringFeatures {
  std::vector<std::int64_t> cluster_of;  // [n], from 0
  std::int64_t n_clusters = 0;
  // Feature i has shares[offsets[i]] to shares[offsets[i + 1] - 1], in the
  // order of the pairs.
  std::vector<std::int64_t> offsets{0};
  std::vector<PairShare> shares;
  std::vector<double> projections;  // [features]: <v, W_enc[:, j]>
  // [features, clusters]: the part of that which is the cluster's,
  // (1/n) sum <x+ - x-, W_enc[:, j]> over its pairs.
  std::vector<double> of_clusters;

  std::size_t size() const { return offsets.size() - 1; }
};

// Features with the signs ++, +-, -+ and --: of mean f(x+) - mean f(x-), then
// of <v, W_enc[:, j]>; no difference is not among them, no projection is +.
using SignPairs = std::array<std::int32_t, 4>;

// The signs of the `most` features with the largest |mean f(x+) - mean f(x-)|
// (ties to the lower feature, none without a difference), had x+ and x- been
// exchanged in the clusters whose sign is -1: for each row of exchanges
// [n, clusters]. Means are summed pair by pair, as EncoderPass sums them, so
// that no exchange at all gives what CodeDifferences chooses, to the bit. Needs
// 24 bytes times `most` for each row.
std::vector<SignPairs> exchanged_signs(const FiringFeatures& features,
                                       std::span<const std::int8_t> exchanges,
                                       std::int64_t most);

// How many rows have so many of each sign pair: [4, most + 1].
std::vector<std::int64_t> counted_signs(std::span<const SignPairs> rows,
                                        std::int64_t most);

}  // namespace coxswain::jobs
