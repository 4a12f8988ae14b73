#include "jobs/device/split_product.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/device/row_product.hpp"
#include "jobs/kernels/kernels.hpp"

namespace coxswain::jobs {

SplitProduct::SplitProduct(at::Tensor out, std::int64_t terms)
    : out_(std::move(out)), terms_(terms) {
  assert(out_.dim() == 2 && terms >= 1);
}

void SplitProduct::add(const at::Tensor& x, const at::Tensor& W) {
  assert(x.size(1) == W.size(0) && done_ + x.size(1) <= terms_);
  for (std::int64_t first = 0; first < x.size(1);) {
    const std::int64_t end = first_term(terms_, block_ + 1);
    const std::int64_t n = std::min(x.size(1) - first, end - done_);
    add_to_block(x.narrow(1, first, n), W.narrow(0, first, n));
    first += n;
    done_ += n;
    if (done_ == end) ++block_;
  }
}

// Some terms of the block under way, or all of them.
void SplitProduct::add_to_block(const at::Tensor& x, const at::Tensor& W) {
  const std::int64_t begin = first_term(terms_, block_);
  const std::int64_t end = first_term(terms_, block_ + 1);
  const std::int64_t n = x.size(1);
  if (n == end - begin) {
    if (block_ == 0) {
      out_.copy_(row_product(x, W));
    } else {
      add_row_product(out_, x, W);
    }
    return;
  }
  if (done_ == begin) {
    sums_ = at::zeros({out_.size(0), out_.size(1)}, out_.options());
  }
  continue_row_product(sums_, x, W);
  if (done_ + n < end) return;
  if (block_ == 0) {
    out_.copy_(sums_);
  } else {
    out_.add_(sums_);
  }
}

}  // namespace coxswain::jobs
