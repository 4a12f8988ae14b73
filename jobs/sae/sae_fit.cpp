#include "jobs/sae/sae_fit.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/device/fixed_sums.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kRowsAtOnce = 512;

// Adds what each row has, row after row: the sum is the same wherever chunks of
// rows end.
void add_rows(const at::Tensor& of_rows, double& sum) {
  const at::Tensor dense = of_rows.to(at::kCPU).contiguous();
  const double* values = dense.data_ptr<double>();
  for (std::int64_t i = 0; i < dense.numel(); ++i) sum += values[i];
}

at::Tensor row_squares(const at::Tensor& x) { return row_sums(x.square()); }

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
  add_rows(row_squares(wide - rebuilt.to(at::kDouble)), wrong_);
  add_rows(row_squares(wide - mean_), spread_);
  add_rows(row_norms(wide), norms_);
  const at::Tensor on = codes.ne(0);
  on_ += on.sum().item<double>();
  active_ = active_.logical_or(on.any(0));
}

SaeFit FitSum::fit() const {
  assert(rows_ > 0);
  const double used = active_.sum().item<double>();
  return {1 - wrong_ / spread_, on_ / rows_,
          1 - used / static_cast<double>(active_.size(0)), norms_ / rows_};
}

SaeFit fit_of(const SparseAutoencoder& sae, const at::Tensor& x,
              bool subtract_b_dec) {
  FitSum sum(column_means(x).unsqueeze(0), sae.header.d_sae);
  for (std::int64_t first = 0; first < x.size(0); first += kRowsAtOnce) {
    const at::Tensor rows =
        x.narrow(0, first, std::min(kRowsAtOnce, x.size(0) - first));
    const at::Tensor codes = sae.encode(rows, subtract_b_dec);
    sum.add(rows, codes, sae.reconstruct(rows, codes));
  }
  return sum.fit();
}

}  // namespace coxswain::jobs
