#include "jobs/decomposition/support.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace coxswain::jobs {
namespace {

constexpr double kDependent = 1e-10;
constexpr int kPasses = 3;  // a solution and two refinements

// The product of two vectors, in four sums at a time: one alone waits for each
// addition.
double dot(const double* x, const double* y, std::size_t n) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += x[i + k] * y[i + k];
  }
  for (; i < n; ++i) sums[0] += x[i] * y[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

Support::Support(std::int64_t d_in)
    : storage_(at::zeros({8, d_in}, at::kDouble)) {}

std::int64_t Support::size() const {
  return static_cast<std::int64_t>(factor_.size());
}

at::Tensor Support::atoms() const { return storage_.narrow(0, 0, size()); }

at::Tensor Support::combine(const at::Tensor& w) const {
  assert(w.dim() == 1 && w.size(0) == size());
  return at::mv(atoms().t(), w);
}

// x <- L^-1 x
void Support::solve_lower(double* x) const {
  for (std::size_t i = 0; i < factor_.size(); ++i) {
    const std::vector<double>& row = factor_[i];
    x[i] = (x[i] - dot(row.data(), x, i)) / row[i];
  }
}

// x <- L^-T x, row by row of L as well
void Support::solve_upper(double* x) const {
  for (std::size_t i = factor_.size(); i-- > 0;) {
    const std::vector<double>& row = factor_[i];
    x[i] /= row[i];
    for (std::size_t j = 0; j < i; ++j) x[j] -= row[j] * x[i];
  }
}

void Support::improve(Fit& fit, double shift) const {
  assert(fit.w.size(0) == size() && fit.rest.size(0) == storage_.size(1));
  at::Tensor step = at::mv(atoms(), fit.rest).sub_(shift);
  solve_lower(step.data_ptr<double>());
  solve_upper(step.data_ptr<double>());
  fit.w = fit.w + step;
  fit.rest = fit.rest - combine(step);
}

Support::Fit Support::fit(const at::Tensor& target, double shift) const {
  Fit fit{at::zeros({size()}, at::kDouble), target};
  for (int pass = 0; pass < kPasses && size() > 0; ++pass) improve(fit, shift);
  return fit;
}

// L's new row is L^-1 A atom, then the length of what lies outside.
bool Support::append(const at::Tensor& atom) {
  assert(atom.dim() == 1 && atom.size(0) == storage_.size(1));
  constexpr double kCancellation = 0.1;
  const at::Tensor products = at::mv(atoms(), atom);
  double* inside = products.data_ptr<double>();
  solve_lower(inside);
  std::vector<double> row(inside, inside + size());
  double outside = 1 - dot(inside, inside, row.size());
  // 1 - |inside|^2 is good as long as little of it cancels; else what lies
  // outside is computed itself.
  if (outside > kCancellation) {
    outside = std::sqrt(outside);
  } else {
    const Fit fit = this->fit(atom, 0);
    outside = fit.rest.norm().item<double>();
    if (!(outside > kDependent)) return false;
    const double* w = fit.w.data_ptr<double>();
    std::fill(row.begin(), row.end(), 0.0);
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) row[j] += factor_[i][j] * w[i];
    }
  }
  row.push_back(outside);
  if (size() == storage_.size(0)) {
    storage_ = at::cat({storage_, at::zeros_like(storage_)});
  }
  storage_[size()].copy_(atom);
  factor_.push_back(std::move(row));
  return true;
}

// Without row k, the rows below have one number too many: rotations of
// neighbouring columns make L triangular again and leave L L^T as it is.
void Support::remove(std::int64_t position) {
  assert(0 <= position && position < size());
  const std::int64_t behind = size() - position - 1;
  storage_.narrow(0, position, behind)
      .copy_(storage_.narrow(0, position + 1, behind).clone());
  const auto first = static_cast<std::size_t>(position);
  factor_.erase(factor_.begin() + position);
  for (std::size_t k = first; k < factor_.size(); ++k) {
    // hypot neither overflows nor loses small numbers.
    const double length = std::hypot(factor_[k][k], factor_[k][k + 1]);
    const double cosine = factor_[k][k] / length;
    const double sine = factor_[k][k + 1] / length;
    for (std::size_t i = k; i < factor_.size(); ++i) {
      const double left = factor_[i][k];
      const double right = factor_[i][k + 1];
      factor_[i][k] = cosine * left + sine * right;
      factor_[i][k + 1] = cosine * right - sine * left;
    }
    factor_[k].pop_back();
  }
}

}  // namespace coxswain::jobs
