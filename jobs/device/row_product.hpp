#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::jobs {

// Matrix products of which each row's bits depend on that row of x and on W
// alone: not on the rows beside it, their number, its place among them, nor on
// threads. All products over a batch (of vectors, activations, features) go
// through here, so that work can be cut and grouped freely.
//
// That holds on a processor, for float and double, where kernels of our own
// multiply (jobs/kernels): an output's bits depend on the row and on that
// column of W, whichever strides either has. On other devices the library
// multiplies, and chooses how by the number of rows: there it holds for
// products of one shape alone.
//
// x [n, k], W [k, m] of float or double, of any strides: a transposed view
// costs no copy of its own. May be called from several threads at once.

// x W, [n, m]
at::Tensor row_product(const at::Tensor& x, const at::Tensor& W);
// out [n, m] += x W, in place; each sum is added once it is whole.
void add_row_product(at::Tensor out, const at::Tensor& x, const at::Tensor& W);
// out [n, m], zeros at first, goes on with more terms of one block of sums
// (kTermsOfBlock of jobs/kernels): see SplitProduct, which knows where blocks
// begin.
void continue_row_product(const at::Tensor& out, const at::Tensor& x,
                          const at::Tensor& W);

}  // namespace coxswain::jobs
