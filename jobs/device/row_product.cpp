#include "jobs/device/row_product.hpp"

#include <ATen/ATen.h>

#include <cassert>

namespace coxswain::jobs {

at::Tensor row_product(const at::Tensor& x, const at::Tensor& W) {
  assert(x.dim() == 2 && W.dim() == 2 && x.size(1) == W.size(0));
  return at::mm(x, W);
}

void add_row_product(at::Tensor out, const at::Tensor& x, const at::Tensor& W) {
  assert(x.dim() == 2 && W.dim() == 2 && x.size(1) == W.size(0));
  out.add_(at::mm(x, W));
}

}  // namespace coxswain::jobs
