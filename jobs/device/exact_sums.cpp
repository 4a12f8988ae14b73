#include "jobs/device/exact_sums.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "jobs/task/numbers_error.hpp"

namespace coxswain::jobs {
namespace {

// So many rests of at most half a unit, multiples of 2^-44 units, add up
// exactly in float64.
constexpr std::int64_t kRowsAtOnce = 1024;
// Adding and subtracting it rounds to whole numbers.
constexpr double kRounding = 0x1.8p52;
constexpr double kRestRounding = kRounding * 0x1p-44;
constexpr std::int64_t kColumnsAtOnce = 256;

template <bool kSquared, class T>
double term(T number) {
  const auto wide = static_cast<double>(number);
  return kSquared ? wide * wide : wide;
}

// Adds rows [n, width] of the processor's memory: one pass over them.
template <bool kSquared, class T>
void add_columns(const at::Tensor& terms, double unit, double* whole,
                 double* rest) {
  const double to_whole = kRounding * unit, to_rest = kRestRounding * unit;
  const T* const first = terms.data_ptr<T>();
  const std::int64_t n = terms.size(0), width = terms.size(1);
  const std::int64_t blocks = (width + kColumnsAtOnce - 1) / kColumnsAtOnce;
  at::parallel_for(0, blocks, 1, [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t block = from; block < to; ++block) {
      const std::int64_t begin = block * kColumnsAtOnce;
      const std::int64_t columns = std::min(kColumnsAtOnce, width - begin);
      std::array<double, kColumnsAtOnce> wholes{}, rests{};
      for (std::int64_t row = 0; row < n; ++row) {
        const T* const x = first + row * width + begin;
        for (std::int64_t i = 0; i < columns; ++i) {
          const double value = term<kSquared>(x[i]);
          const double h = (value + to_whole) - to_whole;
          const auto at = static_cast<std::size_t>(i);
          wholes[at] += h;
          rests[at] += ((value - h) + to_rest) - to_rest;
        }
      }
      for (std::int64_t i = 0; i < columns; ++i) {
        whole[begin + i] += wholes[static_cast<std::size_t>(i)];
        rest[begin + i] += rests[static_cast<std::size_t>(i)];
      }
    }
  });
}

template <bool kSquared>
void add_columns(const at::Tensor& terms, double unit, double* whole,
                 double* rest) {
  if (terms.scalar_type() == at::kFloat) {
    add_columns<kSquared, float>(terms, unit, whole, rest);
  } else {
    add_columns<kSquared, double>(terms, unit, whole, rest);
  }
}

}  // namespace

ExactSums::ExactSums(std::int64_t width, double unit, at::Device device)
    : unit_(unit),
      whole_(at::zeros({width}, at::TensorOptions(at::kDouble).device(device))),
      rest_(at::zeros_like(whole_)) {
  assert(unit > 0 && std::exp2(std::ilogb(unit)) == unit);
}

void ExactSums::add(const at::Tensor& terms) { add_rows(terms, false); }

void ExactSums::add_squares(const at::Tensor& terms) { add_rows(terms, true); }

void ExactSums::add_rows(const at::Tensor& terms, bool squared) {
  assert(terms.dim() == 2 && terms.size(1) == whole_.size(0));
  for (std::int64_t first = 0; first < terms.size(0); first += kRowsAtOnce) {
    add_some(
        terms.narrow(0, first, std::min(kRowsAtOnce, terms.size(0) - first)),
        squared);
    carry();
  }
}

void ExactSums::add_some(const at::Tensor& terms, bool squared) {
  if (terms.is_cpu() && (terms.scalar_type() == at::kFloat ||
                         terms.scalar_type() == at::kDouble)) {
    const at::Tensor dense = terms.contiguous();
    double* whole = whole_.data_ptr<double>();
    double* rest = rest_.data_ptr<double>();
    squared ? add_columns<true>(dense, unit_, whole, rest)
            : add_columns<false>(dense, unit_, whole, rest);
    return;
  }
  at::Tensor x = terms.to(at::kDouble);
  if (squared) x = x.square();
  const at::Tensor wholes = (x + kRounding * unit_) - kRounding * unit_;
  const double to_rest = kRestRounding * unit_;
  whole_.add_(wholes.sum(0));
  rest_.add_(((x - wholes) + to_rest).sub_(to_rest).sum(0));
}

void ExactSums::add_parts(const at::Tensor& parts) {
  assert(parts.dim() == 2 && parts.size(0) == 2);
  whole_.add_(parts[0]);
  rest_.add_(parts[1]);
  carry();
}

void ExactSums::carry() {
  const at::Tensor carried = (rest_ / unit_).floor_().mul_(unit_);
  whole_.add_(carried);
  rest_.sub_(carried);
}

at::Tensor ExactSums::parts(const char* what) const {
  if (!whole_.abs().lt(0x1p52 * unit_).all().item<bool>()) {
    throw NumbersError({"", std::string("sum of ") + what,
                        "more than 2^52 times " + std::to_string(unit_),
                        "numbers that can be added exactly",
                        "coxswain check tries the model and its SAE"});
  }
  return at::stack({whole_, rest_});
}

at::Tensor ExactSums::values(const char* what) const {
  return parts(what).unbind()[0] + rest_;
}

}  // namespace coxswain::jobs
