#include "jobs/decomposition/support.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/device/row_product.hpp"

namespace coxswain::jobs {
namespace {

constexpr double kDependent = 1e-10;
constexpr int kPasses = 3;  // a solution and two refinements
// Columns of the factor at a time: wide enough for a matrix product, narrow
// enough that what is left to plain loops is little.
constexpr std::int64_t kPanel = 48;
// Fewer rows than this are multiplied by plain loops: a matrix product would
// first copy the other side.
constexpr std::int64_t kFewRows = 8;

}  // namespace

Support::Support(std::int64_t d_in)
    : d_in_(d_in),
      storage_(at::zeros({8, d_in}, at::kDouble)),
      factor_(at::zeros({8, 8}, at::kDouble)) {}

const double* Support::atom(std::int64_t i) const {
  return storage_.data_ptr<double>() + i * d_in_;
}

double* Support::row(std::int64_t i) {
  return factor_.data_ptr<double>() + i * factor_.size(1);
}

const double* Support::row(std::int64_t i) const {
  return factor_.data_ptr<double>() + i * factor_.size(1);
}

void Support::reserve(std::int64_t size) {
  const std::int64_t before = storage_.size(0);
  if (size <= before) return;
  // There are never more than d_in independent atoms.
  const std::int64_t after = std::max(size, std::min(2 * before, d_in_));
  at::Tensor storage = at::zeros({after, d_in_}, at::kDouble);
  storage.narrow(0, 0, before).copy_(storage_);
  storage_ = std::move(storage);
  at::Tensor factor = at::zeros({after, after}, at::kDouble);
  factor.narrow(0, 0, before).narrow(1, 0, before).copy_(factor_);
  factor_ = std::move(factor);
}

at::Tensor Support::combine(const at::Tensor& w) const {
  assert(w.dim() == 1 && w.size(0) == size_ && w.is_contiguous());
  at::Tensor sum = at::zeros({d_in_}, at::kDouble);
  add_rows(atom(0), size_, d_in_, w.data_ptr<double>(), sum.data_ptr<double>());
  return sum;
}

at::Tensor Support::products(const at::Tensor& x) const {
  assert(x.dim() == 1 && x.size(0) == d_in_);
  const at::Tensor dense = x.contiguous();
  at::Tensor out = at::zeros({size_}, at::kDouble);
  times_rows(atom(0), size_, d_in_, dense.data_ptr<double>(),
             out.data_ptr<double>());
  return out;
}

// x <- L^-1 x, of the first n rows
void Support::solve_lower(std::int64_t n, double* x) const {
  for (std::int64_t i = 0; i < n; ++i) {
    const double* L = row(i);
    x[i] = (x[i] - ordered_dot(L, x, i)) / L[i];
  }
}

// x <- L^-T x, row by row of L as well
void Support::solve_upper(std::int64_t n, double* x) const {
  for (std::int64_t i = n; i-- > 0;) {
    const double* L = row(i);
    x[i] /= L[i];
    add_scaled(-x[i], L, i, x);
  }
}

void Support::improve_first(std::int64_t n, Fit& fit, double shift) const {
  assert(fit.w.size(0) == n && fit.rest.size(0) == d_in_);
  at::Tensor step = at::zeros({n}, at::kDouble);
  double* s = step.data_ptr<double>();
  times_rows(atom(0), n, d_in_, fit.rest.data_ptr<double>(), s);
  for (std::int64_t i = 0; i < n; ++i) s[i] -= shift;
  solve_lower(n, s);
  solve_upper(n, s);
  fit.w = fit.w + step;
  at::Tensor change = at::zeros({d_in_}, at::kDouble);
  add_rows(atom(0), n, d_in_, s, change.data_ptr<double>());
  fit.rest = fit.rest - change;
}

Support::Fit Support::fit_first(std::int64_t n, const at::Tensor& target,
                                double shift) const {
  Fit fit{at::zeros({n}, at::kDouble), target.contiguous()};
  for (int pass = 0; pass < kPasses && n > 0; ++pass) {
    improve_first(n, fit, shift);
  }
  return fit;
}

void Support::improve(Fit& fit, double shift) const {
  improve_first(size_, fit, shift);
}

Support::Fit Support::fit(const at::Tensor& target, double shift) const {
  return fit_first(size_, target, shift);
}

// The products of the atoms from `first` on with all up to themselves, where
// their rows of L will be.
void Support::multiply(std::int64_t first) {
  const std::int64_t n = size_ - first;
  if (n < kFewRows) {
    for (std::int64_t i = first; i < size_; ++i) {
      times_rows(atom(0), i, d_in_, atom(i), row(i));
    }
  } else {
    factor_.narrow(0, first, n)
        .narrow(1, 0, size_)
        .copy_(row_product(storage_.narrow(0, first, n),
                           storage_.narrow(0, 0, size_).t()));
  }
  for (std::int64_t i = first; i < size_; ++i) row(i)[i] = 1;
}

// Takes from the panel's columns, rows `from` and below, what the columns
// before it explain.
void Support::subtract_earlier(const Panel& panel, std::int64_t from) {
  const std::int64_t n = size_ - from, width = panel.end - panel.first;
  if (panel.first == 0 || n == 0) return;
  if (n < kFewRows) {
    for (std::int64_t i = from; i < size_; ++i) {
      for (std::int64_t j = panel.first; j < std::min(panel.end, i + 1); ++j) {
        row(i)[j] -= ordered_dot(row(i), row(j), panel.first);
      }
    }
    return;
  }
  const at::Tensor earlier = factor_.narrow(1, 0, panel.first);
  factor_.narrow(0, from, n)
      .narrow(1, panel.first, width)
      .sub_(row_product(earlier.narrow(0, from, n),
                        earlier.narrow(0, panel.first, width).t()));
}

// The panel's part of row i. False if the atom lies in the span of those
// before it.
bool Support::finish_row(std::int64_t i, const Panel& panel) {
  constexpr double kCancellation = 1e-4;
  double* x = row(i);
  const std::int64_t end = std::min(panel.end, i);
  for (std::int64_t j = panel.first; j < end; ++j) {
    const double* L = row(j);
    x[j] = (x[j] -
            ordered_dot(x + panel.first, L + panel.first, j - panel.first)) /
           L[j];
  }
  if (i >= panel.end) return true;
  x[i] -= ordered_dot(x + panel.first, x + panel.first, i - panel.first);
  // What is left of 1 is good as long as not too much of it cancels.
  if (!(x[i] > kCancellation)) return outside_afresh(i);
  x[i] = std::sqrt(x[i]);
  return true;
}

// Row i by a refined fit of its atom to those before it: L's row is w L, then
// the length of what lies outside.
bool Support::outside_afresh(std::int64_t i) {
  const Fit fit = fit_first(i, storage_[i], 0);
  const double outside = ordered_norm(fit.rest);
  if (!(outside > kDependent)) return false;
  const double* w = fit.w.data_ptr<double>();
  double* x = row(i);
  std::fill(x, x + i, 0.0);
  for (std::int64_t k = 0; k < i; ++k) add_scaled(w[k], row(k), k + 1, x);
  x[i] = outside;
  return true;
}

// Takes out atom i, whose row is not part of L yet: those behind it close up.
void Support::drop_pending(std::int64_t i, Panel& panel) {
  double* atoms = storage_.data_ptr<double>();
  std::copy(atoms + (i + 1) * d_in_, atoms + size_ * d_in_, atoms + i * d_in_);
  for (std::int64_t k = i + 1; k < size_; ++k) {
    const double* old = row(k);
    double* closed = row(k - 1);
    std::copy(old, old + i, closed);
    std::copy(old + i + 1, old + k + 1, closed + i);
  }
  --size_;
  --panel.end;
}

std::vector<bool> Support::append(const at::Tensor& atoms) {
  assert(atoms.dim() == 2 && atoms.size(1) == d_in_);
  const std::int64_t first = size_;
  reserve(size_ + atoms.size(0));
  storage_.narrow(0, size_, atoms.size(0)).copy_(atoms);
  size_ += atoms.size(0);
  multiply(first);
  std::vector<bool> taken;
  for (Panel panel; panel.first < size_; panel.first = panel.end) {
    panel.end = std::min(panel.first + kPanel, size_);
    std::int64_t i = std::max(first, panel.first);
    subtract_earlier(panel, i);
    while (i < size_) {
      const bool pivot = i < panel.end;
      const bool independent = finish_row(i, panel);
      if (pivot) taken.push_back(independent);
      if (independent) {
        ++i;
      } else {
        drop_pending(i, panel);
      }
    }
  }
  assert(std::ssize(taken) == atoms.size(0));
  return taken;
}

// Without row `position`, the rows below have one number too many: rotations
// of neighbouring columns make L triangular again and leave L L^T as it is.
// Row by row, as each row's last rotation is the next one's.
void Support::remove(std::int64_t position) {
  assert(0 <= position && position < size_);
  double* atoms = storage_.data_ptr<double>();
  std::copy(atoms + (position + 1) * d_in_, atoms + size_ * d_in_,
            atoms + position * d_in_);
  std::vector<double> cosines, sines;  // of columns position + 0, 1, ...
  for (std::int64_t i = position + 1; i < size_; ++i) {
    const double* old = row(i);
    double* turned = row(i - 1);
    std::copy(old, old + position, turned);
    double left = old[position];
    for (std::int64_t k = position; k + 1 < i; ++k) {
      const auto rotation = static_cast<std::size_t>(k - position);
      const double right = old[k + 1];
      turned[k] = cosines[rotation] * left + sines[rotation] * right;
      left = cosines[rotation] * right - sines[rotation] * left;
    }
    // hypot neither overflows nor loses small numbers.
    const double length = std::hypot(left, old[i]);
    cosines.push_back(left / length);
    sines.push_back(old[i] / length);
    turned[i - 1] = length;
  }
  --size_;
}

}  // namespace coxswain::jobs
