#include "jobs/model/linear.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>

#include "jobs/model/kernel_call.hpp"
#include "jobs/model/row_operations.hpp"

namespace coxswain::jobs {
namespace {

// Outputs are shared out among threads in parts of this many.
constexpr std::int64_t kOutputsAPart = 64;

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
  const std::int64_t panels = parts_of(outputs, kOutputsAPart);
  const std::int64_t panel_parts =
      row_parts == 0 ? 0 : std::min(panels, threads / row_parts);
  at::parallel_for(
      0, row_parts * panel_parts, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t part = from; part < to; ++part) {
          const std::int64_t row = part / panel_parts;
          const std::int64_t panel = part % panel_parts;
          const auto first_output = [&](std::int64_t i) {
            return std::min(outputs, panels * i / panel_parts * kOutputsAPart);
          };
          const std::int64_t first = rows * row / row_parts;
          f(first, rows * (row + 1) / row_parts - first, first_output(panel),
            first_output(panel + 1));
        }
      });
}

// Rows from `first` on; x is contiguous.
template <class T>
Rows<T> rows_of(const at::Tensor& x, std::int64_t first, std::int64_t n) {
  return {numbers<T>(x) + first * x.size(1), n, x.size(1)};
}

template <class T>
PackedMatrix<T> matrix_of(const at::Tensor& panels, const at::Tensor& bias,
                          std::int64_t d_out) {
  return {numbers<T>(panels), d_out, panels.size(1),
          bias.defined() ? numbers<Sum<T>>(bias) : nullptr};
}

// With zeros behind the last column until kernels take it.
at::Tensor filled_up(const at::Tensor& x, std::int64_t d_in) {
  return x.size(1) == d_in ? x.contiguous()
                           : at::constant_pad_nd(x, {0, d_in - x.size(1)});
}

// Packs a contiguous weight where it lies, some rows at a time.
template <class T>
void pack_in_place(const Products<T>& products, const at::Tensor& weight) {
  const std::int64_t d_in = weight.size(1);
  const std::int64_t some = kOutputsTogether<T> * d_in;
  T* all = numbers<T>(weight);
  at::parallel_for(
      0, weight.size(0) / kOutputsTogether<T>, 1,
      [&](std::int64_t begin, std::int64_t end) {
        const auto rows = std::make_unique<T[]>(static_cast<std::size_t>(some));
        for (std::int64_t i = begin; i < end; ++i) {
          std::memcpy(rows.get(), all + i * some,
                      static_cast<std::size_t>(some) * sizeof(T));
          products.pack(rows.get(), kOutputsTogether<T>, d_in, all + i * some);
        }
      });
}

bool held_by_nobody_else(const at::Tensor& tensor) {
  return tensor.use_count() == 1 && tensor.storage().use_count() == 1;
}

}  // namespace

Linear::Linear(at::Tensor weight, at::Tensor bias)
    : weight_(std::move(weight)),
      bias_(std::move(bias)),
      d_in_(weight_.size(1)),
      d_out_(weight_.size(0)) {
  if (has_products(weight_)) pack();
}

void Linear::pack() {
  with_products(weight_.scalar_type(), [&]<class T>(
                                           const Products<T>& products) {
    const std::int64_t columns =
        parts_of(d_in_, products.columns_together) * products.columns_together;
    const bool alone = held_by_nobody_else(weight_);
    at::Tensor weight = filled_up(std::exchange(weight_, {}), columns);
    if (bias_.defined()) bias_ = bias_.to(sum_kind(weight.scalar_type()));
    if (alone && d_out_ % kOutputsTogether<T> == 0) {
      pack_in_place(products, weight);
      panels_ = weight;
      return;
    }
    panels_ = at::empty(
        {parts_of(d_out_, kOutputsTogether<T>) * kOutputsTogether<T>, columns},
        weight.options());
    products.pack(numbers<T>(weight), d_out_, columns, numbers<T>(panels_));
  });
}

at::Tensor Linear::weight() const {
  if (!packed()) return weight_;
  const at::Tensor weight =
      at::empty({d_out_, panels_.size(1)}, panels_.options());
  with_products(panels_.scalar_type(),
                [&]<class T>(const Products<T>& products) {
                  products.unpack(numbers<T>(panels_), d_out_, panels_.size(1),
                                  numbers<T>(weight));
                });
  return weight.narrow(1, 0, d_in_);
}

at::Tensor Linear::product(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == d_in_);
  if (!packed()) return at::linear(x, weight_, bias_);
  const at::Tensor from = filled_up(x, panels_.size(1));
  const at::Tensor out = at::empty(
      {x.size(0), d_out_}, x.options().dtype(sum_kind(x.scalar_type())));
  with_products(x.scalar_type(), [&]<class T>(const Products<T>& products) {
    const auto matrix = matrix_of<T>(panels_, bias_, d_out_);
    by_threads(x.size(0), d_out_,
               [&](auto first, auto n, auto begin, auto end) {
                 products.product(rows_of<T>(from, first, n), matrix, begin,
                                  end, numbers<Sum<T>>(out) + first * d_out_);
               });
  });
  return out;
}

void Linear::add_product(const at::Tensor& x, at::Tensor residual) const {
  assert(x.dim() == 2 && x.size(1) == d_in_);
  assert(residual.size(0) == x.size(0) && residual.size(1) == d_out_);
  if (packed()) {
    assert(residual.scalar_type() == sum_kind(x.scalar_type()));
    const at::Tensor from = filled_up(x, panels_.size(1));
    with_products(x.scalar_type(), [&]<class T>(const Products<T>& products) {
      const auto matrix = matrix_of<T>(panels_, bias_, d_out_);
      by_threads(
          x.size(0), d_out_, [&](auto first, auto n, auto begin, auto end) {
            products.add_product(rows_of<T>(from, first, n), matrix, begin, end,
                                 numbers<Sum<T>>(residual) + first * d_out_);
          });
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
  at::Tensor out;
  if (packed() && kind) {
    with_products(x.scalar_type(), [&]<class T>(const Products<T>& products) {
      if (products.gated_product == nullptr || d % kOutputsTogether<T> != 0) {
        return;
      }
      const at::Tensor from = filled_up(x, panels_.size(1));
      const auto matrix = matrix_of<T>(panels_, bias_, d_out_);
      out = at::empty({x.size(0), d}, x.options());
      by_threads(x.size(0), d, [&](auto first, auto n, auto begin, auto end) {
        products.gated_product(rows_of<T>(from, first, n), matrix, *kind, begin,
                               end, numbers<T>(out) + first * d);
      });
    });
  }
  return out.defined() ? out
                       : gated(product(x), activation).to(x.scalar_type());
}

at::Tensor linear_product(const at::Tensor& x, const at::Tensor& weight) {
  assert(x.dim() == 2 && x.size(1) == weight.size(1));
  assert(x.scalar_type() == weight.scalar_type());
  if (!has_products(weight)) return at::linear(x, weight);
  const std::int64_t d_out = weight.size(0);
  const at::Tensor out = at::empty(
      {x.size(0), d_out}, x.options().dtype(sum_kind(x.scalar_type())));
  with_products(x.scalar_type(), [&]<class T>(const Products<T>& products) {
    const std::int64_t columns =
        parts_of(x.size(1), products.columns_together) *
        products.columns_together;
    const at::Tensor from = filled_up(x, columns);
    const at::Tensor all = filled_up(weight, columns);
    const StridedMatrix<T> matrix{numbers<T>(all), d_out, columns, columns, 1};
    // All rows by each thread: what costs is making panels of outputs.
    const std::int64_t parts = parts_of(d_out, kOutputsAPart);
    at::parallel_for(0, parts, 1, [&](std::int64_t begin, std::int64_t end) {
      products.strided_product(rows_of<T>(from, 0, x.size(0)), matrix,
                               begin * kOutputsAPart,
                               std::min(d_out, end * kOutputsAPart),
                               numbers<Sum<T>>(out), d_out, false);
    });
  });
  return out;
}

at::Tensor own_products(const at::Tensor& x, const at::Tensor& weights) {
  assert(x.dim() == 2 && weights.dim() == 3);
  assert(weights.size(0) == x.size(0) && weights.size(2) == x.size(1));
  if (!has_products(x)) return at::bmm(weights, x.unsqueeze(2)).squeeze(2);
  const std::int64_t m = weights.size(1), d_in = weights.size(2);
  const at::Tensor out = at::empty({x.size(0), m}, x.options());
  with_products(x.scalar_type(), [&]<class T>(const Products<T>& products) {
    at::parallel_for(
        0, x.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t row = begin; row < end; ++row) {
            const StridedMatrix<T> own{numbers<T>(weights) + row * m * d_in, m,
                                       d_in, d_in, 1};
            products.strided_product(rows_of<T>(x, row, 1), own, 0, m,
                                     numbers<Sum<T>>(out) + row * m, m, false);
          }
        });
  });
  return out;
}

}  // namespace coxswain::jobs
