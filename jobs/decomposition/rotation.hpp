#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// A rotation or reflection of d dimensions drawn from the uniform (Haar)
// distribution: a product of Householder reflections of normal vectors (Stewart
// 1980), applied without ever forming the matrix. The same key gives the same
// one. Costs about 4 d^2 operations a vector, and d^2 / 2 random numbers a
// call. Const and thread-safe.
class Rotation {
 public:
  Rotation(const storage::Key& key, std::int64_t d);

  // Each row of x [n, d] float64, turned.
  at::Tensor turn(const at::Tensor& x) const;
  // And turned back: turn_back(turn(x)) is x but for rounding.
  at::Tensor turn_back(const at::Tensor& x) const;

 private:
  void reflect(std::int64_t i, const at::Tensor& x) const;

  storage::Key key_;
  std::int64_t d_;
};

}  // namespace coxswain::jobs
