#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>

#include "jobs/device/split_product.hpp"

namespace coxswain::jobs {

// Adds the squares of values [n, d], one after the other, to the sums of their
// rows, [n] float64: blocks that follow each other may end anywhere.
void add_row_squares(const at::Tensor& values, const at::Tensor& sums);

// x W, where blocks of W come from its first row to its last: the bits are
// row_product()'s, wherever blocks end.
class ProductOfBlocks {
 public:
  // out [n, columns of W]; what it held is lost.
  ProductOfBlocks(at::Tensor out, std::int64_t rows);
  // x [n, rows of W]; `values` lie at (first_row, first_column) of W, below the
  // block before them in their columns.
  void add(const at::Tensor& x, std::int64_t first_row,
           const at::Tensor& values, std::int64_t first_column);

 private:
  at::Tensor out_;
  std::int64_t rows_;
  std::map<std::int64_t, SplitProduct> split_;  // by first column
};

}  // namespace coxswain::jobs
