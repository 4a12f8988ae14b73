#include "jobs/model/linear.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cassert>

#include "jobs/model/kernel_call.hpp"
#include "jobs/model/row_operations.hpp"

namespace coxswain::jobs {
namespace {

std::int64_t parts_of(std::int64_t n, std::int64_t size) {
  return (n + size - 1) / size;
}

// f(rows [first, first + n), outputs [begin, end)) by threads. Rows are shared
// out as long as each thread has enough of them to be worth its passing over
// the matrix, and outputs beyond that.
template <class F>
void by_threads(std::int64_t rows, std::int64_t outputs, const F& f) {
  constexpr std::int64_t kRowsAThread = 96;
  const std::int64_t threads = at::get_num_threads();
  const std::int64_t row_parts =
      std::min(threads, parts_of(rows, kRowsAThread));
  const std::int64_t panels = parts_of(outputs, 2 * kPackedRows);
  const std::int64_t panel_parts =
      row_parts == 0 ? 0 : std::min(panels, threads / row_parts);
  at::parallel_for(
      0, row_parts * panel_parts, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t part = from; part < to; ++part) {
          const std::int64_t row = part / panel_parts;
          const std::int64_t panel = part % panel_parts;
          const auto first_output = [&](std::int64_t i) {
            return std::min(outputs,
                            panels * i / panel_parts * 2 * kPackedRows);
          };
          const std::int64_t first = rows * row / row_parts;
          f(first, rows * (row + 1) / row_parts - first, first_output(panel),
            first_output(panel + 1));
        }
      });
}

const Bfloat16* rows_from(const at::Tensor& x, std::int64_t row) {
  return numbers<Bfloat16>(x) + row * x.size(1);
}

PackedMatrix matrix_of(const at::Tensor& panels, const at::Tensor& bias,
                       std::int64_t d_out, std::int64_t d_in) {
  return {numbers<Bfloat16>(panels), d_out, d_in,
          bias.defined() ? numbers<float>(bias) : nullptr};
}

}  // namespace

Linear::Linear(at::Tensor weight, at::Tensor bias)
    : weight_(std::move(weight)),
      bias_(std::move(bias)),
      d_in_(weight_.size(1)),
      d_out_(weight_.size(0)) {
  // The instruction multiplies pairs of numbers.
  if (kernels().products == nullptr || d_in_ % 2 != 0 ||
      weight_.scalar_type() != at::kBFloat16 || !weight_.is_cpu()) {
    return;
  }
  panels_ = at::empty({parts_of(d_out_, kPackedRows) * kPackedRows, d_in_},
                      weight_.options());
  kernels().products->pack(numbers<Bfloat16>(weight_), d_out_, d_in_,
                           numbers<Bfloat16>(panels_));
  // Held once: the panels are all that products read.
  weight_ = at::Tensor();
  if (bias_.defined()) bias_ = bias_.to(at::kFloat);
}

at::Tensor Linear::product(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == d_in_);
  if (!packed()) return at::linear(x, weight_, bias_);
  const PackedMatrix matrix = matrix_of(panels_, bias_, d_out_, d_in_);
  const at::Tensor out = at::empty({x.size(0), d_out_}, at::kFloat);
  by_threads(x.size(0), d_out_, [&](auto first, auto n, auto begin, auto end) {
    kernels().products->product({rows_from(x, first), n}, matrix, begin, end,
                                numbers<float>(out) + first * d_out_);
  });
  return out;
}

void Linear::add_product(const at::Tensor& x, at::Tensor residual) const {
  assert(x.dim() == 2 && x.size(1) == d_in_);
  assert(residual.size(0) == x.size(0) && residual.size(1) == d_out_);
  if (packed()) {
    const PackedMatrix matrix = matrix_of(panels_, bias_, d_out_, d_in_);
    by_threads(x.size(0), d_out_,
               [&](auto first, auto n, auto begin, auto end) {
                 kernels().products->add_product(
                     {rows_from(x, first), n}, matrix, begin, end,
                     numbers<float>(residual) + first * d_out_);
               });
  } else if (x.scalar_type() == residual.scalar_type()) {
    // addmm adds as it multiplies: no product lies in memory in between.
    residual.addmm_(x, weight_.t());
    if (bias_.defined()) residual.add_(bias_);
  } else {
    add_to(residual, at::linear(x, weight_, bias_), {}, 0);
  }
}

at::Tensor Linear::gated_product(const at::Tensor& x,
                                 Activation activation) const {
  assert(x.dim() == 2 && x.size(1) == d_in_ && d_out_ % 2 == 0);
  const std::int64_t d = d_out_ / 2;
  const auto kind = kernel_activation(activation);
  if (!packed() || d % kPackedRows != 0 || !kind) {
    return gated(product(x), activation).to(x.scalar_type());
  }
  const PackedMatrix matrix = matrix_of(panels_, bias_, d_out_, d_in_);
  const at::Tensor out = at::empty({x.size(0), d}, x.options());
  by_threads(x.size(0), d, [&](auto first, auto n, auto begin, auto end) {
    kernels().products->gated_product({rows_from(x, first), n}, matrix, *kind,
                                      begin, end,
                                      numbers<Bfloat16>(out) + first * d);
  });
  return out;
}

}  // namespace coxswain::jobs
