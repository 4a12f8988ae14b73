#include "jobs/decomposition/code_differences.hpp"

#include <ATen/ATen.h>

namespace coxswain::jobs {
namespace {

// Those above zero, at most n.
std::vector<std::int64_t> largest(const at::Tensor& size, std::int64_t n) {
  const at::Tensor order =
      size.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  std::vector<std::int64_t> features;
  for (std::int64_t i = 0; i < std::min(n, order.size(0)); ++i) {
    const auto feature = order[i].item<std::int64_t>();
    if (size[feature].item<double>() <= 0) break;
    features.push_back(feature);
  }
  return features;
}

// Of each feature what the rows [d_sae] say: [features, rows] float64.
at::Tensor columns(const std::vector<std::int64_t>& features,
                   const std::vector<at::Tensor>& rows) {
  const at::Tensor index = at::tensor(features, at::kLong);
  std::vector<at::Tensor> chosen;
  for (const at::Tensor& row : rows) {
    chosen.push_back(row.index_select(0, index).to(at::kDouble));
  }
  return at::stack(chosen, 1);
}

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
  features_ = largest(
      (pass_.result(positive_)[0] - pass_.result(negative_)[0]).abs(), n);
  active_ = largest(pass_.result(code_)[0], n);
}

at::Tensor CodeDifferences::facts(const at::Tensor& on_encoder,
                                  const at::Tensor& on_decoder) const {
  return columns(features_,
                 {pass_.result(positive_)[0], pass_.result(negative_)[0],
                  on_encoder, on_decoder, pass_.result(code_)[0]});
}

at::Tensor CodeDifferences::active_facts(const at::Tensor& on_encoder,
                                         const at::Tensor& on_decoder) const {
  return columns(active_,
                 {pass_.result(code_)[0], pass_.result(code_)[1],
                  pass_.result(positive_)[0], pass_.result(negative_)[0],
                  pass_.share_active(positive_), pass_.share_active(negative_),
                  on_encoder, on_decoder});
}

}  // namespace coxswain::jobs
