#include "jobs/model/row_operations.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "jobs/model/kernel_call.hpp"

namespace coxswain::jobs {
namespace {

// Rows of about this many numbers are worth a thread.
constexpr std::int64_t kNumbersAThread = 16384;

std::int64_t grain(std::int64_t d) {
  return std::max<std::int64_t>(1, kNumbersAThread / d);
}

// f(first, n) for all rows [first, first + n): on a processor for each by
// itself. Operations of tensors compute the last numbers of a tensor, or of a
// thread's part of it, otherwise than those before them, so that a row's bits
// would depend on its place.
template <class F>
void row_by_row(const at::Tensor& rows, const F& f) {
  if (!rows.is_cpu()) return f(0, rows.size(0));
  const std::int64_t n = rows.size(0);
  at::parallel_for(0, n, grain(rows.numel() / std::max<std::int64_t>(1, n)),
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t row = begin; row < end; ++row) {
                       f(row, 1);
                     }
                   });
}

at::Tensor cut(const at::Tensor& rows, std::int64_t first, std::int64_t n) {
  return rows.defined() ? rows.narrow(0, first, n) : rows;
}

// rms_norm() by tensor operations, of kind `out`; it passes over the rows as
// seldom as these can.
at::Tensor normed(const at::Tensor& x, const at::Tensor& gain, double epsilon,
                  at::ScalarType out) {
  const at::Tensor length = at::linalg_vector_norm(x, 2, {-1}, true);
  const at::Tensor scale =
      at::rsqrt(length.square() / static_cast<double>(x.size(-1)) + epsilon);
  at::Tensor rows = at::empty(x.sizes(), x.options().dtype(out));
  return at::mul_out(rows, x * scale, gain);
}

at::Tensor by_tensors(const at::Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::silu:
      return at::silu(x);
    case Activation::gelu_tanh:
      return at::gelu(x, "tanh");
    case Activation::gelu_erf:
      return at::gelu(x, "none");
  }
  return x;
}

void rotate(at::Tensor heads, std::int64_t dims, const RotationTable& table) {
  if (dims == 0) return;
  const at::Tensor cosine = table.cosine.unsqueeze(1);
  const at::Tensor sine = table.sine.unsqueeze(1);
  at::Tensor first = heads.narrow(-1, 0, dims / 2);
  at::Tensor second = heads.narrow(-1, dims / 2, dims / 2);
  // Kept aside until the second half has read the first one.
  const at::Tensor turned = first * cosine - second * sine;
  second.mul_(cosine).addcmul_(first, sine);
  first.copy_(turned);
}

void split_by_tensors(const Architecture& model, const at::Tensor& all,
                      const HeadGains& gains, const RotationTable& table,
                      const Projections& out) {
  const std::int64_t heads = model.n_heads;
  const std::int64_t kv = model.n_kv_heads;
  at::Tensor turned =
      all.narrow(1, 0, heads + kv).to(out.queries.scalar_type(), false, true);
  if (gains.query.defined()) {
    turned = at::cat({normed(turned.narrow(1, 0, heads), gains.query,
                             model.norm_epsilon, turned.scalar_type()),
                      normed(turned.narrow(1, heads, kv), gains.key,
                             model.norm_epsilon, turned.scalar_type())},
                     1);
  }
  rotate(turned, model.rotary_dims, table);
  at::Tensor queries = out.queries, keys = out.keys, values = out.values;
  queries.copy_(turned.narrow(1, 0, heads)).mul_(model.attention_scale);
  keys.copy_(turned.narrow(1, heads, kv));
  values.copy_(all.narrow(1, heads + kv, kv));
}

template <class T>
void split_by_kernel(const Architecture& model, const at::Tensor& all,
                     const HeadGains& gains, const RotationTable& table,
                     const Projections& out) {
  const auto optional = [](const at::Tensor& tensor) {
    return tensor.defined() ? numbers<float>(tensor) : nullptr;
  };
  HeadSplit<T> split{};
  split.heads = model.n_heads;
  split.kv_heads = model.n_kv_heads;
  split.d_head = model.d_head;
  split.rotary_dims = model.rotary_dims;
  split.scale = static_cast<float>(model.attention_scale);
  split.epsilon = static_cast<float>(model.norm_epsilon);
  split.query_gain = optional(gains.query);
  split.key_gain = optional(gains.key);
  split.cosine = optional(table.cosine);
  split.sine = optional(table.sine);
  split.all = numbers<T>(all);
  split.queries = numbers<float>(out.queries);
  split.keys = numbers<float>(out.keys);
  split.values = numbers<float>(out.values);
  at::parallel_for(0, all.size(0), grain(all.size(1) * all.size(2)),
                   [&](std::int64_t begin, std::int64_t end) {
                     kernels_of<T>().split_heads(split, begin, end);
                   });
}

template <class T>
RotationTable rotations(const at::Tensor& angles) {
  const RotationTable table{at::empty_like(angles), at::empty_like(angles)};
  const T* angle = numbers<T>(angles);
  T *cosine = numbers<T>(table.cosine), *sine = numbers<T>(table.sine);
  at::parallel_for(0, angles.numel(), kNumbersAThread,
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t i = begin; i < end; ++i) {
                       cosine[i] = std::cos(angle[i]);
                       sine[i] = std::sin(angle[i]);
                     }
                   });
  return table;
}

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, double epsilon,
                    at::ScalarType kind) {
  assert(x.dim() == 2 && gain.numel() == x.size(1));
  const std::int64_t n = x.size(0), d = x.size(1);
  const at::Tensor out = at::empty({n, d}, x.options().dtype(kind));
  if (!has_kernels(x)) {
    row_by_row(x, [&](std::int64_t first, std::int64_t rows) {
      cut(out, first, rows)
          .copy_(normed(cut(x, first, rows), gain, epsilon, kind));
    });
    return out;
  }
  with_kernels(kind, [&]<class T>(const KernelsOf<T>& kernels) {
    at::parallel_for(0, n, grain(d), [&](std::int64_t begin, std::int64_t end) {
      kernels.rms_norm(numbers<float>(x) + begin * d, numbers<float>(gain),
                       static_cast<float>(epsilon), end - begin, d,
                       numbers<T>(out) + begin * d);
    });
  });
  return out;
}

void add_to(at::Tensor residual, const at::Tensor& part, const at::Tensor& gain,
            double epsilon) {
  assert(part.dim() == 2 && residual.sizes() == part.sizes());
  assert(!gain.defined() || gain.numel() == part.size(1));
  const at::ScalarType kind = part.scalar_type();
  if (!has_kernels(residual) || !take_products(part)) {
    const at::ScalarType stream = residual.scalar_type();
    return row_by_row(residual, [&](std::int64_t first, std::int64_t n) {
      const at::Tensor some = cut(part, first, n).to(stream);
      cut(residual, first, n)
          .add_(gain.defined() ? normed(some, gain, epsilon, stream) : some);
    });
  }
  const std::int64_t n = part.size(0), d = part.size(1);
  with_kernels(kind, [&]<class T>(const KernelsOf<T>& kernels) {
    at::parallel_for(0, n, grain(d), [&](std::int64_t begin, std::int64_t end) {
      kernels.add(numbers<T>(part) + begin * d,
                  gain.defined() ? numbers<float>(gain) : nullptr,
                  static_cast<float>(epsilon), end - begin, d,
                  numbers<float>(residual) + begin * d);
    });
  });
}

at::Tensor activated(const at::Tensor& x, Activation activation) {
  assert(x.dim() == 2);
  const auto known = kernel_activation(activation);
  const at::Tensor out = at::empty_like(x);
  if (!known || !has_kernels(x)) {
    row_by_row(x, [&](std::int64_t first, std::int64_t n) {
      cut(out, first, n).copy_(by_tensors(cut(x, first, n), activation));
    });
    return out;
  }
  const std::int64_t d = x.size(1);
  at::parallel_for(
      0, x.size(0), grain(d), [&](std::int64_t begin, std::int64_t end) {
        kernels().f32.activate(numbers<float>(x) + begin * d, *known,
                               end - begin, d, numbers<float>(out) + begin * d);
      });
  return out;
}

at::Tensor gated(const at::Tensor& x, Activation activation) {
  assert(x.dim() == 2 && x.size(1) % 2 == 0);
  const std::int64_t n = x.size(0), d = x.size(1) / 2;
  const at::ScalarType kind = x.scalar_type();
  const auto known = kernel_activation(activation);
  const at::Tensor out = at::empty({n, d}, x.options());
  if (!known || !take_products(x)) {
    row_by_row(x, [&](std::int64_t first, std::int64_t rows) {
      const at::Tensor some = cut(x, first, rows);
      cut(out, first, rows)
          .copy_(by_tensors(some.narrow(1, 0, d), activation)
                     .mul_(some.narrow(1, d, d)));
    });
    return out;
  }
  with_kernels(kind, [&]<class T>(const KernelsOf<T>& kernels) {
    at::parallel_for(
        0, n, grain(2 * d), [&](std::int64_t begin, std::int64_t end) {
          kernels.gate(numbers<T>(x) + begin * 2 * d, *known, end - begin, d,
                       numbers<T>(out) + begin * d);
        });
  });
  return out;
}

Projections empty_projections(const Architecture& model, std::int64_t n,
                              const at::TensorOptions& stream) {
  const auto heads = [&](std::int64_t count) {
    return at::empty({n, count, model.d_head}, stream);
  };
  return {heads(model.n_heads), heads(model.n_kv_heads),
          heads(model.n_kv_heads)};
}

void split_heads(const Architecture& model, const at::Tensor& all,
                 const HeadGains& gains, const RotationTable& table,
                 const Projections& out) {
  assert(all.dim() == 3 && all.size(2) == model.d_head &&
         all.size(1) == model.n_heads + 2 * model.n_kv_heads);
  assert(out.queries.size(0) == all.size(0) &&
         out.keys.size(0) == all.size(0) && out.values.size(0) == all.size(0));
  assert(!table.cosine.defined() || table.cosine.size(0) == all.size(0));
  const at::ScalarType kind = all.scalar_type();
  if (!has_kernels(out.queries) || !take_products(all)) {
    return row_by_row(all, [&](std::int64_t first, std::int64_t n) {
      const auto some = [&](const at::Tensor& rows) {
        return cut(rows, first, n);
      };
      split_by_tensors(model, some(all), gains,
                       {some(table.cosine), some(table.sine)},
                       {some(out.queries), some(out.keys), some(out.values)});
    });
  }
  with_kernels(kind, [&]<class T>(const KernelsOf<T>&) {
    split_by_kernel<T>(model, all, gains, table, out);
  });
}

void cap(at::Tensor x, double most) {
  assert(x.dim() == 2 && most > 0);
  if (!has_kernels(x)) {
    return row_by_row(x, [&](std::int64_t first, std::int64_t n) {
      cut(x, first, n).div_(most).tanh_().mul_(most);
    });
  }
  const std::int64_t d = x.size(1);
  at::parallel_for(0, x.size(0), grain(d),
                   [&](std::int64_t begin, std::int64_t end) {
                     kernels().cap(numbers<float>(x) + begin * d,
                                   static_cast<float>(most), end - begin, d);
                   });
}

at::Tensor log_sum_exp(const at::Tensor& x) {
  assert(x.dim() == 2);
  const at::Tensor out = at::empty({x.size(0)}, x.options());
  if (!has_kernels(x)) {
    row_by_row(x, [&](std::int64_t first, std::int64_t n) {
      cut(out, first, n).copy_(cut(x, first, n).logsumexp(1));
    });
    return out;
  }
  const std::int64_t d = x.size(1);
  at::parallel_for(
      0, x.size(0), grain(d), [&](std::int64_t begin, std::int64_t end) {
        kernels().log_sum_exp(numbers<float>(x) + begin * d, end - begin, d,
                              numbers<float>(out) + begin);
      });
  return out;
}

RotationTable rotation_table(const at::Tensor& angles) {
  if (!angles.is_cpu()) return {angles.cos(), angles.sin()};
  return angles.scalar_type() == at::kDouble ? rotations<double>(angles)
                                             : rotations<float>(angles);
}

}  // namespace coxswain::jobs
