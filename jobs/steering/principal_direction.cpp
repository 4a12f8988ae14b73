#include "jobs/steering/principal_direction.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cmath>
#include <tuple>

#include "jobs/device/blas.hpp"
#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/row_product.hpp"

namespace coxswain::jobs {
namespace {

// Below this share of the differences' own squares there is rounding.
constexpr double kNothing = 1e-20;
// Nearer squares leave a direction open: what rounding does to it is the
// rounding of products over the gap.
constexpr double kTie = 1e-8;
// Cosine of the mean difference to a direction that it says nothing of.
constexpr double kOrthogonal = 1e-9;

double sum_of_squares(const at::Tensor& rows) {
  const at::Tensor norms = row_norms(rows);
  return vector_dot(norms, norms);
}

// How many more rows project positively than negatively.
std::int64_t majority(const at::Tensor& rows, const at::Tensor& direction) {
  const at::Tensor on = row_product(rows, direction.unsqueeze(1));
  return on.gt(0).sum().item<std::int64_t>() -
         on.lt(0).sum().item<std::int64_t>();
}

}  // namespace

PairDirection principal_direction(const at::Tensor& differences, Around around,
                                  const at::Tensor& mean) {
  assert(differences.dim() == 2 && differences.size(1) == mean.numel());
  const std::int64_t n = differences.size(0), d = differences.size(1);
  if (n < 2) return {{}, "one pair has no principal direction"};
  const at::Tensor x = around == Around::mean
                           ? differences - column_means(differences)
                           : differences;
  const bool few = n <= d;
  const at::Tensor products =
      few ? row_product(x, x.t()) : row_product(x.t(), x);
  const auto [squares, directions] = [&] {
    const OneBlasThread one;
    return at::linalg_eigh(products);
  }();
  const std::int64_t last = squares.numel() - 1;
  const double first = squares[last].item<double>();
  const double second = last > 0 ? squares[last - 1].item<double>() : 0;
  if (!(first > kNothing * sum_of_squares(differences))) {
    return {{},
            around == Around::mean ? "all pairs have the same difference"
                                   : "no pair has a difference"};
  }
  if (first - second <= kTie * first) {
    return {{}, "its two largest directions are equally large"};
  }
  const at::Tensor largest = directions.select(1, last);
  at::Tensor vector =
      few ? row_product(largest.unsqueeze(0), x).squeeze(0) : largest.clone();
  const double part = vector_dot(vector, mean);
  const std::int64_t more =
      around == Around::mean ? majority(differences, vector) : 0;
  if (more == 0 &&
      std::abs(part) <= kOrthogonal * vector_norm(vector) * vector_norm(mean)) {
    return {{}, "the mean difference does not say which way it points"};
  }
  if (more < 0 || (more == 0 && part < 0)) vector = -vector;
  return {vector, ""};
}

}  // namespace coxswain::jobs
