#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace coxswain::jobs {

// row_product() of a matrix that comes in parts: some rows of W with the
// columns of x that they are multiplied with, one part after the other. The
// bits are those of row_product() of all of it, wherever parts end.
class SplitProduct {
 public:
  // out [n, m] becomes x W of `terms` columns of x and rows of W in all; what
  // it held is lost.
  SplitProduct(at::Tensor out, std::int64_t terms);

  // The next x [n, k], W [k, m], as row_product() takes them.
  void add(const at::Tensor& x, const at::Tensor& W);

 private:
  void add_to_block(const at::Tensor& x, const at::Tensor& W);

  at::Tensor out_;
  at::Tensor sums_;  // of the block of terms under way, where it came in parts
  std::int64_t terms_;
  std::int64_t done_ = 0, block_ = 0;
};

}  // namespace coxswain::jobs
