#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace coxswain::jobs {

// The atoms in use for one vector, A [size, d_in], with a triangular factor L
// of their products, L L^T = A A^T, that follows additions and removals. All
// solutions are refined with the atoms themselves (the corrected seminormal
// equations, Bjorck 1987), which makes them as good as those of a QR
// factorisation without keeping an orthogonal basis. Everything float64.
class Support {
 public:
  // Coefficients of the atoms in use, and what they leave of the target.
  struct Fit {
    at::Tensor w;     // [size]
    at::Tensor rest;  // [d_in], the target less w A
  };

  explicit Support(std::int64_t d_in);

  std::int64_t size() const;
  // Adds a unit atom [d_in] at the end. False, and nothing is done, if less
  // than 1e-10 of it lies outside the span of the others.
  bool append(const at::Tensor& atom);
  void remove(std::int64_t position);
  // w A [d_in] for w [size].
  at::Tensor combine(const at::Tensor& w) const;
  // The fit of target [d_in] with A rest = shift in every entry: least squares
  // for shift 0 (rest is then orthogonal to the atoms to its own precision),
  // the lasso's solution of known signs otherwise.
  Fit fit(const at::Tensor& target, double shift) const;
  // One step from a near fit to a nearer one.
  void improve(Fit& fit, double shift) const;

 private:
  at::Tensor atoms() const;  // [size, d_in]
  void solve_lower(double* x) const;
  void solve_upper(double* x) const;

  at::Tensor storage_;                       // [capacity, d_in]
  std::vector<std::vector<double>> factor_;  // row i of L: i + 1 numbers
};

}  // namespace coxswain::jobs
