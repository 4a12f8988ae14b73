#include "jobs/device/row_product.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cassert>

#include "jobs/kernels/kernels.hpp"

namespace coxswain::jobs {
namespace {

// Multiplications that are worth waking a thread for.
constexpr std::int64_t kWorthAThread = 1 << 17;

template <class T>
const Products<T>& products();
template <>
const Products<float>& products<float>() {
  return kernels().f32_products;
}
template <>
const Products<double>& products<double>() {
  return kernels().f64_products;
}

// Whether kernels take all three.
bool kernels_take(const at::Tensor& x, const at::Tensor& W) {
  const at::ScalarType kind = x.scalar_type();
  return x.is_cpu() && W.is_cpu() && W.scalar_type() == kind &&
         (kind == at::kFloat || kind == at::kDouble);
}

// Numbers of a row lie together.
bool has_whole_rows(const at::Tensor& x) {
  return x.size(1) <= 1 || x.stride(1) == 1;
}

// What becomes of what `out` holds: it is lost, x W is added to it, or it goes
// on with x W.
enum class Into { nothing, sum, block };

template <class T>
ContinuedProduct<T> continued();
template <>
ContinuedProduct<float> continued<float>() {
  return kernels().f32_continued;
}
template <>
ContinuedProduct<double> continued<double>() {
  return kernels().f64_continued;
}

// out = (or +=) x W, by threads: first the outputs are shared out, since each
// of them costs its panel's making, then rows.
template <class T>
void multiply(const at::Tensor& x, const at::Tensor& W, const at::Tensor& out,
              Into into) {
  const std::int64_t n = x.size(0), k = x.size(1), m = W.size(1);
  const std::int64_t groups =
      (m + kOutputsTogether<T> - 1) / kOutputsTogether<T>;
  const std::int64_t threads = std::clamp<std::int64_t>(
      n * m * std::max<std::int64_t>(k, 1) / kWorthAThread, 1,
      at::get_num_threads());
  const std::int64_t output_parts = std::min(threads, groups);
  const std::int64_t row_parts = std::min(threads / output_parts, n);
  const StridedMatrix<T> matrix{W.data_ptr<T>(), m, k, W.stride(1),
                                W.stride(0)};
  at::parallel_for(
      0, output_parts * row_parts, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t part = from; part < to; ++part) {
          const std::int64_t i = part % output_parts, r = part / output_parts;
          const std::int64_t row = n * r / row_parts;
          const std::int64_t rows = n * (r + 1) / row_parts - row;
          const auto first = [&](std::int64_t p) {
            return std::min(m, groups * p / output_parts * kOutputsTogether<T>);
          };
          const Rows<T> some{x.data_ptr<T>() + row * x.stride(0), rows,
                             x.stride(0)};
          T* sums = out.data_ptr<T>() + row * out.stride(0);
          if (into == Into::block) {
            continued<T>()(some, matrix, first(i), first(i + 1), sums,
                           out.stride(0));
          } else {
            products<T>().strided_product(some, matrix, first(i), first(i + 1),
                                          sums, out.stride(0),
                                          into == Into::sum);
          }
        }
      });
}

// out has whole rows.
void put_product(const at::Tensor& x, const at::Tensor& W,
                 const at::Tensor& out, Into into) {
  if (out.numel() == 0) return;
  const at::Tensor rows = has_whole_rows(x) ? x : x.contiguous();
  if (rows.scalar_type() == at::kFloat) {
    multiply<float>(rows, W, out, into);
  } else {
    multiply<double>(rows, W, out, into);
  }
}

}  // namespace

at::Tensor row_product(const at::Tensor& x, const at::Tensor& W) {
  assert(x.dim() == 2 && W.dim() == 2 && x.size(1) == W.size(0));
  if (!kernels_take(x, W)) return at::mm(x, W);
  const at::Tensor out = at::empty({x.size(0), W.size(1)}, x.options());
  put_product(x, W, out, Into::nothing);
  return out;
}

void add_row_product(at::Tensor out, const at::Tensor& x, const at::Tensor& W) {
  assert(x.dim() == 2 && W.dim() == 2 && x.size(1) == W.size(0));
  assert(out.dim() == 2 && out.size(0) == x.size(0) &&
         out.size(1) == W.size(1));
  if (kernels_take(x, W) && out.scalar_type() == x.scalar_type() &&
      out.is_cpu() && has_whole_rows(out)) {
    put_product(x, W, out, Into::sum);
  } else {
    out.add_(row_product(x, W));
  }
}

void continue_row_product(const at::Tensor& out, const at::Tensor& x,
                          const at::Tensor& W) {
  assert(x.size(1) == W.size(0) && x.size(1) <= kTermsOfBlock);
  assert(out.size(0) == x.size(0) && out.size(1) == W.size(1));
  assert(out.stride(1) == 1 || out.size(1) <= 1);
  if (kernels_take(x, W)) {
    put_product(x, W, out, Into::block);
  } else {
    at::Tensor sums = out;
    sums.add_(at::mm(x, W));
  }
}

}  // namespace coxswain::jobs
