#include "jobs/steering/operations.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <vector>

#include "jobs/device/device_memory.hpp"
#include "jobs/device/fixed_sums.hpp"

namespace coxswain::jobs {
namespace {

// Rows at a time, so that float64 takes little memory; no byte depends on it.
constexpr std::int64_t kRowsAtOnce = 256;

// [n, 1]: products of the rows of a and b [n, d].
at::Tensor dots(const at::Tensor& a, const at::Tensor& b) {
  return row_sums(a * b).unsqueeze(1);
}

// Number by number: the library's own functions of a whole tensor round by its
// place in there.
template <class Function>
at::Tensor each(const at::Tensor& numbers, const Function& function) {
  std::vector<double> values(numbers.data_ptr<double>(),
                             numbers.data_ptr<double>() + numbers.numel());
  std::ranges::transform(values, values.begin(), function);
  return at::tensor(values, at::kDouble);
}

// Some rows, in float64.
struct Some {
  at::Tensor h, v;         // [n, d]
  at::Tensor multipliers;  // [n], on the processor

  // [n, 1], where the rows are.
  at::Tensor column(const at::Tensor& numbers) const {
    return placed(numbers.contiguous(), h.device()).unsqueeze(1);
  }
};

at::Tensor project_out(const Some& of) {
  const at::Tensor length = dots(of.v, of.v);
  const at::Tensor along =
      of.column(of.multipliers) * dots(of.h, of.v) / length;
  return at::where(length == 0, of.h, of.h - along * of.v);
}

at::Tensor add_keep_norm(const Some& of) {
  const at::Tensor sum = of.h + of.v * of.column(of.multipliers);
  const at::Tensor length = dots(sum, sum);
  const at::Tensor scaled = sum * (dots(of.h, of.h) / length).sqrt();
  return at::where(length == 0, sum, scaled);
}

at::Tensor rotate(const Some& of) {
  const auto radians = [](double degrees) {
    return degrees * std::numbers::pi / 180;
  };
  const at::Tensor squares = dots(of.h, of.h);
  const at::Tensor length = dots(of.v, of.v).sqrt();
  const at::Tensor unit = of.v / length;
  // What v has beside h: the plane's other direction, as long as the sine.
  const at::Tensor beside = unit - of.h * (dots(of.h, unit) / squares);
  const at::Tensor sine = dots(beside, beside).sqrt();
  const at::Tensor cosines = of.column(
      each(of.multipliers, [&](double m) { return std::cos(radians(m)); }));
  const at::Tensor sines = of.column(
      each(of.multipliers, [&](double m) { return std::sin(radians(m)); }));
  const at::Tensor turned =
      of.h * cosines + beside * (sines * squares.sqrt() / sine);
  // What is no number is none of these, and stays none.
  const at::Tensor no_plane =
      (sine < kParallelSine) | (length == 0) | (squares == 0);
  return at::where(no_plane, of.h, turned);
}

at::Tensor in_float64(Operation operation, const Some& of) {
  switch (operation) {
    case Operation::project_out:
      return project_out(of);
    case Operation::add_keep_norm:
      return add_keep_norm(of);
    case Operation::rotate:
      return rotate(of);
    case Operation::add:
    case Operation::clamp:
      break;  // not here
  }
  assert(false && "no operation of a vector in float64");
  return of.h;
}

}  // namespace

at::Tensor operated(Operation operation, const at::Tensor& rows,
                    const at::Tensor& vectors, const at::Tensor& multipliers) {
  assert(rows.dim() == 2 && rows.sizes() == vectors.sizes());
  assert(rows.device() == vectors.device());
  assert(multipliers.is_cpu() && multipliers.scalar_type() == at::kDouble);
  assert(multipliers.dim() == 1 && multipliers.size(0) == rows.size(0));
  if (operation == Operation::add) {
    return rows +
           vectors * placed(multipliers.to(rows.scalar_type()), rows.device())
                         .unsqueeze(1);
  }
  at::Tensor out = at::empty_like(rows);
  for (std::int64_t first = 0; first < rows.size(0); first += kRowsAtOnce) {
    const std::int64_t n = std::min(kRowsAtOnce, rows.size(0) - first);
    const auto some = [&](const at::Tensor& all) {
      return all.narrow(0, first, n).to(at::kDouble);
    };
    out.narrow(0, first, n)
        .copy_(in_float64(operation,
                          {some(rows), some(vectors), some(multipliers)}));
  }
  return out;
}

}  // namespace coxswain::jobs
