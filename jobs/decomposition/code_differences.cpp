#include "jobs/decomposition/code_differences.hpp"

#include <cassert>

#include <ATen/ATen.h>

#include <utility>

#include "jobs/device/result_tensors.hpp"

namespace coxswain::jobs {

using decompose_result::Active;
using decompose_result::Difference;

namespace {

// Features whose `size` [d_sae] is above zero, the largest first, at most n.
std::vector<std::int64_t> largest(const at::Tensor& size, std::int64_t n) {
  const at::Tensor order =
      // Stable: equal sizes stay in the order of their features.
      size.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  std::vector<std::int64_t> features;
  for (std::int64_t i = 0; i < std::min(n, order.size(0)); ++i) {
    const auto feature = order[i].item<std::int64_t>();
    // A feature without a difference says nothing, and would fill the list up
    // with chance.
    if (size[feature].item<double>() <= 0) break;
    features.push_back(feature);
  }
  return features;
}

// What rows [d_sae] say of some features goes to members of theirs.
template <class Row>
class Columns {
 public:
  explicit Columns(const std::vector<std::int64_t>& features)
      : index_(at::tensor(features, at::kLong)), rows_(features.size()) {}

  Columns& put(double Row::*member, const at::Tensor& row) {
    fill_member(rows_, member, row.index_select(0, index_));
    return *this;
  }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  at::Tensor index_;
  std::vector<Row> rows_;
};

}  // namespace

CodeDifferences::CodeDifferences(EncoderPass& pass,
                                 const SparseAutoencoder& sae,
                                 const PairActivations& pairs,
                                 const at::Tensor& vector)
    : pass_(pass),
      positive_(pass.mean_code(pairs.positive, sae.header.b_dec_input)),
      negative_(pass.mean_code(pairs.negative, sae.header.b_dec_input)),
      code_(pass.encode(at::stack({vector, at::zeros_like(vector)}),
                        sae.header.b_dec_input)) {}

void CodeDifferences::choose(std::int64_t n) {
  assert(n >= 0);
  features_ = largest(
      (pass_.result(positive_)[0] - pass_.result(negative_)[0]).abs(), n);
  active_ = largest(pass_.result(code_)[0], n);
}

std::vector<Difference> CodeDifferences::facts(
    const at::Tensor& on_encoder, const at::Tensor& on_decoder) const {
  return Columns<Difference>(features_)
      .put(&Difference::mean_code_positive, pass_.result(positive_)[0])
      .put(&Difference::mean_code_negative, pass_.result(negative_)[0])
      .put(&Difference::encoder_projection, on_encoder)
      .put(&Difference::decoder_projection, on_decoder)
      .put(&Difference::code, pass_.result(code_)[0])
      .take();
}

std::vector<Active> CodeDifferences::active_facts(
    const at::Tensor& on_encoder, const at::Tensor& on_decoder) const {
  return Columns<Active>(active_)
      .put(&Active::code, pass_.result(code_)[0])
      .put(&Active::code_zero, pass_.result(code_)[1])
      .put(&Active::mean_code_positive, pass_.result(positive_)[0])
      .put(&Active::mean_code_negative, pass_.result(negative_)[0])
      .put(&Active::rate_positive, pass_.share_active(positive_))
      .put(&Active::rate_negative, pass_.share_active(negative_))
      .put(&Active::encoder_projection, on_encoder)
      .put(&Active::decoder_projection, on_decoder)
      .take();
}

}  // namespace coxswain::jobs
