#include "jobs/decomposition/sae_dictionary.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "jobs/device/split_product.hpp"
#include "jobs/sae/block_products.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// A part's float64 copy should still be in the cache when it is multiplied.
constexpr std::int64_t kNumbersAtOnce = 1 << 18;

}  // namespace

template <class Use>
void SaeDictionary::for_each_part(const Use& use) const {
  W_dec_.for_each_block([&](const MatrixBlock& block) {
    const std::int64_t rows = block.values.size(0);
    const std::int64_t at_once = std::max<std::int64_t>(
        16, kNumbersAtOnce / std::max<std::int64_t>(1, block.values.size(1)));
    for (std::int64_t first = 0; first < rows; first += at_once) {
      const std::int64_t n = std::min(at_once, rows - first);
      use(block.first_row + first, block.first_column,
          block.values.narrow(0, first, n).to(at::kDouble));
    }
  });
}

const at::Tensor& SaeDictionary::inverse_norms() const {
  if (!inverse_norms_.defined()) {
    const at::Tensor norms = W_dec_.row_norms();
    inverse_norms_ = norms.reciprocal().masked_fill(norms.eq(0), 0.0);
  }
  return inverse_norms_;
}

at::Tensor SaeDictionary::correlate(const at::Tensor& x) const {
  at::Tensor products = at::empty({x.size(0), d_sae()}, at::kDouble);
  ProductOfBlocks all(products, d_in());
  for_each_part(
      [&](std::int64_t row, std::int64_t column, const at::Tensor& part) {
        all.add(x, column, part.t(), row);
      });
  // Norms are applied to the products: unit rows would be a second copy of the
  // matrix.
  return products.mul_(inverse_norms());
}

at::Tensor SaeDictionary::combine(const at::Tensor& w) const {
  const at::Tensor scaled = w * inverse_norms();
  at::Tensor sum = at::empty({w.size(0), d_in()}, at::kDouble);
  ProductOfBlocks all(sum, d_sae());
  for_each_part(
      [&](std::int64_t row, std::int64_t column, const at::Tensor& part) {
        all.add(scaled, row, part, column);
      });
  return sum;
}

at::Tensor SaeDictionary::atoms(
    const std::vector<std::int64_t>& features) const {
  return W_dec_.row(features).to(at::kDouble) *
         inverse_norms()
             .index_select(0, at::tensor(features, at::kLong))
             .unsqueeze(1);
}

at::Tensor SaeDictionary::gram() const {
  at::Tensor sum = at::empty({d_in(), d_in()}, at::kDouble);
  SplitProduct all(sum, d_sae());
  for_each_part([&](std::int64_t row, std::int64_t, const at::Tensor& part) {
    if (part.size(1) != d_in()) {
      throw JobError({"", "W_dec", "a decoder that lies by columns in its file",
                      "one that is in memory, for least squares on all atoms",
                      "give the worker memory for all of it"});
    }
    const at::Tensor rows =
        part * inverse_norms().narrow(0, row, part.size(0)).unsqueeze(1);
    all.add(rows.t(), rows);
  });
  return sum;
}

}  // namespace coxswain::jobs
