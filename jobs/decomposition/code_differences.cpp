#include "jobs/decomposition/code_differences.hpp"

#include <ATen/ATen.h>

namespace coxswain::jobs {

CodeDifferences::CodeDifferences(EncoderPass& pass,
                                 const SparseAutoencoder& sae,
                                 const PairActivations& pairs,
                                 const at::Tensor& vector)
    : pass_(pass),
      positive_(pass.mean_code(pairs.positive, sae.header.b_dec_input)),
      negative_(pass.mean_code(pairs.negative, sae.header.b_dec_input)),
      code_(pass.encode(vector.unsqueeze(0), sae.header.b_dec_input)) {}

void CodeDifferences::choose(std::int64_t n) {
  const at::Tensor size =
      (pass_.result(positive_)[0] - pass_.result(negative_)[0]).abs();
  const at::Tensor order =
      size.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  for (std::int64_t i = 0; i < std::min(n, order.size(0)); ++i) {
    const auto feature = order[i].item<std::int64_t>();
    if (size[feature].item<double>() == 0) break;
    features_.push_back(feature);
  }
}

at::Tensor CodeDifferences::facts(const at::Tensor& on_encoder,
                                  const at::Tensor& on_decoder) const {
  const at::Tensor index = at::tensor(features_, at::kLong);
  std::vector<at::Tensor> columns;
  for (const at::Tensor& row :
       {pass_.result(positive_)[0], pass_.result(negative_)[0], on_encoder,
        on_decoder, pass_.result(code_)[0]}) {
    columns.push_back(row.index_select(0, index).to(at::kDouble));
  }
  return at::stack(columns, 1);
}

}  // namespace coxswain::jobs
