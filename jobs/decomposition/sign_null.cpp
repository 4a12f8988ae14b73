#include "jobs/decomposition/sign_null.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "jobs/device/result_tensors.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/sign_null_result.hpp"
#include "jobs/task/vector_result.hpp"

namespace coxswain::jobs {
namespace {

// (1/n) sum x+ - x- over the pairs of each cluster, [clusters, d_in] of the
// SAE's kind: they add up to the vector.
at::Tensor parts_of_vector(const PairActivations& pairs,
                           const CountedClusters& clusters) {
  const at::Tensor differences =
      pairs.positive.to(at::kDouble) - pairs.negative.to(at::kDouble);
  assert(differences.size(0) == std::ssize(clusters.of_pair));
  return at::zeros({clusters.size(), differences.size(1)}, at::kDouble)
      .index_add_(0, at::tensor(clusters.of_pair, at::kLong),
                  differences / static_cast<double>(differences.size(0)))
      .to(pairs.positive.scalar_type());
}

// The entries of one row of codes, one after the other.
class RowReader {
 public:
  RowReader(const SparseCodes& codes, std::int64_t row)
      : codes_(codes),
        at_(static_cast<std::size_t>(
            codes.offsets[static_cast<std::size_t>(row)])),
        end_(static_cast<std::size_t>(
            codes.offsets[static_cast<std::size_t>(row) + 1])) {}

  // Beyond every feature at the end.
  std::int64_t feature() const {
    return at_ < end_ ? codes_.features[at_]
                      : std::numeric_limits<std::int64_t>::max();
  }
  bool done() const { return at_ == end_; }
  // The value of the feature, which is passed over; 0 if it is another.
  double take(std::int64_t feature) {
    return feature == this->feature() ? codes_.values[at_++] : 0;
  }

 private:
  const SparseCodes& codes_;
  std::size_t at_, end_;
};

// What every feature of `firing` (ascending) has of each pair.
std::vector<std::vector<PairShare>> shares_by_feature(
    const std::vector<std::int64_t>& firing, const SparseCodes& positive,
    const SparseCodes& negative) {
  assert(positive.rows() == negative.rows());
  const auto n = static_cast<double>(positive.rows());
  std::vector<std::vector<PairShare>> shares(firing.size());
  for (std::int64_t pair = 0; pair < positive.rows(); ++pair) {
    RowReader of_positive(positive, pair), of_negative(negative, pair);
    while (!of_positive.done() || !of_negative.done()) {
      const std::int64_t feature =
          std::min(of_positive.feature(), of_negative.feature());
      const auto found = std::ranges::lower_bound(firing, feature);
      assert(found != firing.end() && *found == feature);
      shares[static_cast<std::size_t>(found - firing.begin())].push_back(
          {pair, of_positive.take(feature) / n, of_negative.take(feature) / n});
    }
  }
  return shares;
}

}  // namespace

SignNull::SignNull(EncoderPass& pass, const SparseAutoencoder& sae,
                   const PairActivations& pairs, const at::Tensor& vector,
                   const ShuffleRequest& request)
    : pass_(pass),
      clusters_(counted(request.clusters)),
      key_(request.key),
      positive_(pass.mean_code(pairs.positive, sae.header.b_dec_input)),
      negative_(pass.mean_code(pairs.negative, sae.header.b_dec_input)),
      vector_(pass.project(vector.unsqueeze(0))),
      of_clusters_(pass.project_on_firing(parts_of_vector(pairs, clusters_),
                                          {positive_, negative_})) {}

FiringFeatures SignNull::features() const {
  const std::vector<std::int64_t>& firing = pass_.firing(of_clusters_);
  FiringFeatures features;
  features.cluster_of = clusters_.of_pair;
  features.n_clusters = clusters_.size();
  for (auto& shares : shares_by_feature(firing, pass_.kept_codes(positive_),
                                        pass_.kept_codes(negative_))) {
    features.shares.insert(features.shares.end(), shares.begin(), shares.end());
    features.offsets.push_back(std::ssize(features.shares));
    shares = {};  // not all of them twice
  }
  features.projections = doubles_of(
      pass_.result(vector_)[0].index_select(0, at::tensor(firing, at::kLong)));
  features.of_clusters = doubles_of(pass_.result(of_clusters_).t());
  return features;
}

std::vector<std::int64_t> SignNull::counts(std::int64_t n,
                                           std::int64_t most) const {
  // Drawn with replacement from few, the same ones would be counted again and
  // again, and make p smaller than it is.
  const bool all = possible_exchanges(clusters_, n + 1) <= n;
  const auto exchanges =
      all ? all_exchanges(clusters_, LeftOver::alike)
          : balanced_exchanges(clusters_, LeftOver::alike, key_, n);
  return counted_signs(exchanged_signs(features(), exchanges, most), most);
}

TaskOutput count_signs(const SignNullTask& task,
                       const std::vector<storage::ArrayMap>& inputs,
                       const SparseAutoencoder& sae) {
  assert(task.shuffles.size() == task.n_extracts.size());
  const at::ScalarType kind = sae.b_dec.scalar_type();
  EncoderPass pass(sae);
  // Of all behaviours: the SAE is read once.
  std::vector<SignNull> behaviours;
  std::size_t first = task.n_extracts.size();
  for (std::size_t b = 0; b < task.n_extracts.size(); ++b) {
    const auto n = static_cast<std::size_t>(task.n_extracts[b]);
    PairActivations pairs = pair_activations(inputs, first, n, task.layer);
    pairs.positive = pairs.positive.to(kind);
    pairs.negative = pairs.negative.to(kind);
    const at::Tensor vector =
        tensor_of(inputs.at(b), vector_result::kVector, "vector task");
    behaviours.emplace_back(pass, sae, pairs, vector[task.layer].to(kind),
                            task.shuffles[b]);
    first += n;
  }
  pass.run();
  std::vector<std::int64_t> counts;
  for (const SignNull& one : behaviours) {
    const auto some = one.counts(task.n_shuffles, task.n_differences);
    counts.insert(counts.end(), some.begin(), some.end());
  }
  TaskOutput output;
  put(output.result, sign_null_result::kCounts, counts,
      {std::ssize(behaviours), 4, task.n_differences + 1});
  return output;
}

}  // namespace coxswain::jobs
