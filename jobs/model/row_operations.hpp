#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "jobs/model/config/architecture.hpp"

namespace coxswain::jobs {

// What stands between the matrix products of a forward pass, rows by rows: by
// kernels of our own (jobs/kernels) for float32 streams on a processor, by
// tensor operations elsewhere. The residual stream and all norms are of the
// stream kind, what products read of the weight kind; what they give is of
// either (see linear.hpp). On a processor a row's bits depend on that row
// alone.

// x [n, d] over its root mean square (Zhang and Sennrich 2019), times gain
// [d], of kind `out`.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, double epsilon,
                    at::ScalarType out);

// residual [n, d] += part, in place. With a gain the part is normed first.
void add_to(at::Tensor residual, const at::Tensor& part, const at::Tensor& gain,
            double epsilon);

// activation(x[:, :d]) * x[:, d:] of x [n, 2 d] -> [n, d], of x's kind
at::Tensor gated(const at::Tensor& x, Activation activation);
// activation(x [n, d]), of x's kind and shape
at::Tensor activated(const at::Tensor& x, Activation activation);

// Cosines and sines of n positions, of the stream kind. Undefined where
// nothing turns.
struct RotationTable {
  at::Tensor cosine, sine;  // [n, rotary_dims / 2]
};
RotationTable rotation_table(const at::Tensor& angles);

// Queries, keys and values of one block, rotated. n rows, of the stream kind:
// rounding them to a weight kind of bfloat16 would make as much of its distance
// from float32 as all other roundings together.
struct Projections {
  at::Tensor queries;  // [n, n_heads, d_head], scaled
  at::Tensor keys;     // [n, n_kv_heads, d_head]
  at::Tensor values;   // [n, n_kv_heads, d_head]
};
// Room for the projections of a residual stream of n rows, of its kind and on
// its device.
Projections empty_projections(const Architecture& model, std::int64_t n,
                              const at::TensorOptions& stream);

// Gains of the norms of queries and keys; undefined where there are none.
struct HeadGains {
  at::Tensor query, key;  // [d_head]
};

// all [n, n_heads + 2 n_kv_heads, d_head]: heads are normed if there are gains,
// rotated (Su et al. 2021: halves turned against each other by position times
// frequency), queries scaled -> out, of n rows.
void split_heads(const Architecture& model, const at::Tensor& all,
                 const HeadGains& gains, const RotationTable& table,
                 const Projections& out);

// most tanh(x / most) of x [n, d], in place
void cap(at::Tensor x, double most);
// log(sum(exp(x))) of each row, x [n, d] -> [n]
at::Tensor log_sum_exp(const at::Tensor& x);

}  // namespace coxswain::jobs
