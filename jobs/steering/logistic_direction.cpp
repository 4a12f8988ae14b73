#include "jobs/steering/logistic_direction.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <tuple>
#include <vector>

#include "jobs/device/blas.hpp"
#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/row_product.hpp"

namespace coxswain::jobs {
namespace {

constexpr int kMostSteps = 100;
constexpr int kMostHalvings = 60;
constexpr double kSmallStep = 1e-10;  // of |w|
// A step is taken if it brings this share of what its slope promises.
constexpr double kEnough = 1e-4;
// Of the objective: what differences of it are rounded by.
constexpr double kRounding = 1e-13;

// Rows as coordinates in a basis of their span, or as they are, if there are
// more of them than numbers in each.
struct Spanned {
  at::Tensor rows;   // [m, r]
  at::Tensor basis;  // [d, r], orthonormal; not defined: rows are as they are
};

Spanned spanned(const at::Tensor& x) {
  if (x.size(0) > x.size(1)) return {x, {}};
  const OneBlasThread one;
  const auto [basis, coordinates] = at::linalg_qr(x.t());
  return {coordinates.t().contiguous(), basis};
}

// log(1 + exp(-margin)) and 1 / (1 + exp(margin)), whatever the margin.
double loss_of(double margin) {
  return std::log1p(std::exp(-std::abs(margin))) + std::max(-margin, 0.0);
}
double doubt_of(double margin) {
  const double e = std::exp(-std::abs(margin));
  return (margin > 0 ? e : 1) / (1 + e);
}

// The regression at some weights and intercept, theta [r + 1].
class Regression {
 public:
  // The first half of the rows are x+.
  explicit Regression(const at::Tensor& rows)
      : n_(rows.size(0) / 2),
        rows_(at::cat({rows, at::ones({rows.size(0), 1}, at::kDouble)}, 1)) {}

  std::int64_t size() const { return rows_.size(1); }
  static at::Tensor weights(const at::Tensor& theta) {
    return theta.narrow(0, 0, theta.numel() - 1);
  }

  double objective(const at::Tensor& theta) const {
    double sum = 0;
    for (const double margin : margins(theta)) sum += loss_of(margin);
    const at::Tensor w = weights(theta);
    return sum + vector_dot(w, w) / 2;
  }

  // Gradient [r + 1], and Newton's step from there.
  std::tuple<at::Tensor, at::Tensor> step(const at::Tensor& theta) const {
    const std::vector<double> margin = margins(theta);
    at::Tensor pull = at::empty({1, 2 * n_}, at::kDouble);
    at::Tensor curve = at::empty({2 * n_, 1}, at::kDouble);
    for (std::size_t i = 0; i < margin.size(); ++i) {
      const double doubt = doubt_of(margin[i]);
      pull.data_ptr<double>()[i] = -sign(i) * doubt;
      curve.data_ptr<double>()[i] = doubt * doubt_of(-margin[i]);
    }
    at::Tensor gradient = row_product(pull, rows_).squeeze(0);
    weights(gradient).add_(weights(theta));
    at::Tensor hessian = row_product((rows_ * curve).t(), rows_);
    weights(hessian.diagonal()).add_(1);
    const OneBlasThread one;
    return {gradient, -at::cholesky_solve(gradient.unsqueeze(1),
                                          at::linalg_cholesky(hessian))
                           .squeeze(1)};
  }

 private:
  double sign(std::size_t row) const {
    return static_cast<std::int64_t>(row) < n_ ? 1 : -1;
  }
  std::vector<double> margins(const at::Tensor& theta) const {
    const at::Tensor on = row_product(rows_, theta.unsqueeze(1)).contiguous();
    std::vector<double> all(on.data_ptr<double>(),
                            on.data_ptr<double>() + on.numel());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] *= sign(i);
    return all;
  }

  std::int64_t n_;   // x+, and x- as well
  at::Tensor rows_;  // [2 n_pairs, r + 1], ones last
};

// The least of the objective's theta; not defined: it was not found.
at::Tensor solved(const Regression& regression) {
  at::Tensor theta = at::zeros({regression.size()}, at::kDouble);
  double value = regression.objective(theta);
  for (int i = 0; i < kMostSteps; ++i) {
    const auto [gradient, step] = regression.step(theta);
    const double slope = vector_dot(gradient, step);
    double share = 1, next = 0;
    for (int halving = 0; halving < kMostHalvings; ++halving, share /= 2) {
      next = regression.objective(theta + share * step);
      if (next <= value + kEnough * share * slope + kRounding * value) break;
    }
    theta = theta + share * step;
    value = next;
    const double length = vector_norm(Regression::weights(theta));
    if (share == 1 &&
        vector_norm(Regression::weights(step)) <= kSmallStep * length) {
      return theta;
    }
  }
  return {};
}

}  // namespace

PairDirection logistic_direction(const at::Tensor& positive,
                                 const at::Tensor& negative) {
  assert(positive.dim() == 2 && positive.sizes() == negative.sizes());
  const at::Tensor all = at::cat({positive, negative});
  // A shift of all rows moves the intercept alone, and distances are exact then
  // that lengths would hide.
  const Spanned x = spanned(all - column_means(all));
  at::Tensor theta;
  try {
    theta = solved(Regression(x.rows));
  } catch (const c10::LinAlgError&) {
    return {{}, "its Hessian has no inverse"};
  }
  if (!theta.defined()) {
    return {{},
            "Newton's method did not converge in " +
                std::to_string(kMostSteps) + " steps"};
  }
  const at::Tensor w = Regression::weights(theta);
  if (!(vector_norm(w) > 0)) return {{}, "nothing tells x+ from x-"};
  return {x.basis.defined()
              ? row_product(w.unsqueeze(0), x.basis.t()).squeeze(0)
              : w.clone(),
          ""};
}

}  // namespace coxswain::jobs
