#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace coxswain::jobs {

// The atoms in use for one vector, A [size, d_in], with a triangular factor L
// of their products, L L^T = A A^T, that follows additions (many at a time, by
// blocked Cholesky) and removals (by rotations). All solutions are refined with
// the atoms themselves (the corrected seminormal equations, Bjorck 1987), which
// makes them as good as those of a QR factorisation without keeping an
// orthogonal basis. Everything float64; the bits depend on no other vector and
// on no number of threads.
class Support {
 public:
  // Coefficients of the atoms in use, and what they leave of the target.
  struct Fit {
    at::Tensor w;     // [size]
    at::Tensor rest;  // [d_in], the target less w A
  };

  explicit Support(std::int64_t d_in);

  std::int64_t size() const { return size_; }
  // Adds unit atoms [n, d_in] at the end, in order. Says of each whether it was
  // taken: not if less than 1e-10 of it lies outside the span of the others.
  std::vector<bool> append(const at::Tensor& atoms);
  void remove(std::int64_t position);
  // w A [d_in] for w [size].
  at::Tensor combine(const at::Tensor& w) const;
  // A x [size] for x [d_in].
  at::Tensor products(const at::Tensor& x) const;
  // The fit of target [d_in] with A rest = shift in every entry: least squares
  // for shift 0 (rest is then orthogonal to the atoms to its own precision),
  // the lasso's solution of known signs otherwise.
  Fit fit(const at::Tensor& target, double shift) const;
  // One step from a near fit to a nearer one.
  void improve(Fit& fit, double shift) const;

 private:
  // Columns [first, end) of L that are computed together.
  struct Panel {
    std::int64_t first = 0, end = 0;
  };

  const double* atom(std::int64_t i) const;
  double* row(std::int64_t i);
  const double* row(std::int64_t i) const;
  void reserve(std::int64_t size);
  void multiply(std::int64_t first);
  void subtract_earlier(const Panel& panel, std::int64_t from);
  bool finish_row(std::int64_t i, const Panel& panel);
  bool outside_afresh(std::int64_t i);
  void drop_pending(std::int64_t i, Panel& panel);
  Fit fit_first(std::int64_t n, const at::Tensor& target, double shift) const;
  void improve_first(std::int64_t n, Fit& fit, double shift) const;
  void solve_lower(std::int64_t n, double* x) const;
  void solve_upper(std::int64_t n, double* x) const;

  std::int64_t d_in_;
  std::int64_t size_ = 0;
  at::Tensor storage_;  // [capacity, d_in]
  at::Tensor factor_;   // [capacity, capacity], L where i >= j
};

}  // namespace coxswain::jobs
