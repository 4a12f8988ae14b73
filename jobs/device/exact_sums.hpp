#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace coxswain::jobs {

// Sums of any number of terms, many side by side. Their bits depend on the
// terms alone, not on their order nor on how they are cut into parts, by tasks
// or by threads: each term is rounded to a multiple of the unit times 2^-44,
// and what follows is exact (jobs/task/exact_parts.hpp says how sums are kept).
// Terms that are far from the unit in size suit none: a float32 number is not
// rounded at all from 2^-21 units on, and sums stay below 2^52 units.
class ExactSums {
 public:
  // `width` sums where the terms will lie; unit a power of two.
  ExactSums(std::int64_t width, double unit, at::Device device);

  // Adds the rows of terms [n, width], of any floating kind.
  void add(const at::Tensor& terms);
  // Adds their squares.
  void add_squares(const at::Tensor& terms);
  // Adds what another gave as parts().
  void add_parts(const at::Tensor& parts);

  // [2, width] float64: wholes, then rests. Throws NumbersError that names
  // `what` if a sum is too large to be exact.
  at::Tensor parts(const char* what) const;
  at::Tensor values(const char* what) const;  // [width] float64

 private:
  // Adds some rows, few enough for exact sums of their parts.
  void add_some(const at::Tensor& terms, bool squared);
  void add_rows(const at::Tensor& terms, bool squared);
  void carry();

  double unit_;
  at::Tensor whole_, rest_;  // [width] float64
};

}  // namespace coxswain::jobs
