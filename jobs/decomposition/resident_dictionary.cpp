#include "jobs/decomposition/resident_dictionary.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

namespace coxswain::jobs {
namespace {

// A block's float64 copy should still be in the cache when it is multiplied.
constexpr std::int64_t kBlockNumbers = 1 << 18;

}  // namespace

template <typename Use>
void ResidentDictionary::for_each_block(const Use& use) const {
  const std::int64_t step = std::max<std::int64_t>(
      16, kBlockNumbers / std::max<std::int64_t>(1, d_in()));
  for (std::int64_t first = 0; first < d_sae(); first += step) {
    const std::int64_t rows = std::min(step, d_sae() - first);
    use(first, W_dec_.narrow(0, first, rows).to(at::kDouble));
  }
}

ResidentDictionary::ResidentDictionary(at::Tensor W_dec)
    : W_dec_(std::move(W_dec)),
      inverse_norms_(at::zeros({W_dec_.size(0)}, at::kDouble)) {
  for_each_block([&](std::int64_t first, const at::Tensor& block) {
    const at::Tensor norms = block.square().sum(1).sqrt();
    inverse_norms_.narrow(0, first, block.size(0))
        .copy_(norms.reciprocal().masked_fill(norms.eq(0), 0.0));
  });
}

std::int64_t ResidentDictionary::d_in() const { return W_dec_.size(1); }
std::int64_t ResidentDictionary::d_sae() const { return W_dec_.size(0); }

at::Tensor ResidentDictionary::correlate(const at::Tensor& x) const {
  at::Tensor products = at::empty({x.size(0), d_sae()}, at::kDouble);
  for_each_block([&](std::int64_t first, const at::Tensor& block) {
    products.narrow(1, first, block.size(0)).copy_(at::mm(x, block.t()));
  });
  return products.mul_(inverse_norms_);
}

at::Tensor ResidentDictionary::combine(const at::Tensor& w) const {
  const at::Tensor scaled = w * inverse_norms_;
  at::Tensor sum = at::zeros({w.size(0), d_in()}, at::kDouble);
  for_each_block([&](std::int64_t first, const at::Tensor& block) {
    sum.addmm_(scaled.narrow(1, first, block.size(0)), block);
  });
  return sum;
}

at::Tensor ResidentDictionary::atoms(
    const std::vector<std::int64_t>& features) const {
  const at::Tensor index = at::tensor(features, at::kLong);
  return W_dec_.index_select(0, index).to(at::kDouble) *
         inverse_norms_.index_select(0, index).unsqueeze(1);
}

at::Tensor ResidentDictionary::gram() const {
  at::Tensor sum = at::zeros({d_in(), d_in()}, at::kDouble);
  for_each_block([&](std::int64_t first, const at::Tensor& block) {
    const at::Tensor rows =
        block * inverse_norms_.narrow(0, first, block.size(0)).unsqueeze(1);
    sum.addmm_(rows.t(), rows);
  });
  return sum;
}

}  // namespace coxswain::jobs
