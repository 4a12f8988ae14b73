#include "jobs/sae/sae_fit.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kRowsAtOnce = 512;

double squares(const at::Tensor& values) {
  return values.square().sum().item<double>();
}

}  // namespace

FitSum::FitSum(at::Tensor mean, std::int64_t d_sae)
    : mean_(std::move(mean)), active_(at::zeros({d_sae}, at::kBool)) {}

void FitSum::add(const at::Tensor& x, const at::Tensor& codes,
                 const at::Tensor& rebuilt) {
  assert(x.size(0) == codes.size(0) && codes.size(1) == active_.size(0));
  assert(rebuilt.sizes() == x.sizes());
  const at::Tensor wide = x.to(at::kDouble);
  rows_ += static_cast<double>(x.size(0));
  // Sums over all rows, divided at the end: means of means would weigh short
  // chunks too much.
  wrong_ += squares(wide - rebuilt.to(at::kDouble));
  spread_ += squares(wide - mean_);
  norms_ += wide.norm(2, {1}).sum().item<double>();
  const at::Tensor on = codes.ne(0);
  on_ += on.sum().item<double>();
  active_ = active_.logical_or(on.any(0));
}

SaeFit FitSum::fit() const {
  assert(rows_ > 0);
  return {1 - wrong_ / spread_, on_ / rows_,
          1 - active_.to(at::kDouble).mean().item<double>(), norms_ / rows_};
}

SaeFit fit_of(const SparseAutoencoder& sae, const at::Tensor& x,
              bool subtract_b_dec) {
  FitSum sum(x.to(at::kDouble).mean({0}, true), sae.header.d_sae);
  for (std::int64_t first = 0; first < x.size(0); first += kRowsAtOnce) {
    const at::Tensor rows =
        x.narrow(0, first, std::min(kRowsAtOnce, x.size(0) - first));
    const at::Tensor codes = sae.encode(rows, subtract_b_dec);
    sum.add(rows, codes, sae.reconstruct(rows, codes));
  }
  return sum.fit();
}

}  // namespace coxswain::jobs
