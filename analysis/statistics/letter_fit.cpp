#include "analysis/statistics/letter_fit.hpp"

#include <cassert>

namespace coxswain::analysis {

LetterFit::LetterFit(std::span<const int> answers) {
  for (const int answer : answers) {
    assert(answer >= -1 && answer <= 1);
    n_[static_cast<std::size_t>(answer + 1)] += 1;
  }
  total_ = n_[0] + n_[1] + n_[2];
  balance_ = n_[2] - n_[0];
  letters_ = n_[2] + n_[0];
  determinant_ = total_ * letters_ - balance_ * balance_;
  for (std::size_t k = 0; k < 3; ++k) {
    if (n_[k] == 0) continue;
    const double answer = static_cast<double>(k) - 1;
    const double weight = (letters_ - balance_ * answer) / determinant_;
    const double leverage =
        (letters_ - 2 * balance_ * answer + total_ * answer * answer) /
        determinant_;
    weights_[k] = weight * weight / (1 - leverage);
    if (!(leverage < 1)) determinate_ = false;
  }
}

inline double LetterFit::statistic(const std::array<double, 3>& sums,
                                   const std::array<double, 3>& squares) const {
  const double sum = sums[0] + sums[1] + sums[2];
  const double product = sums[2] - sums[0];
  const double content = (letters_ * sum - balance_ * product) / determinant_;
  const double letter = (total_ * product - balance_ * sum) / determinant_;
  double variance = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const double fit = content + letter * (static_cast<double>(k) - 1);
    const double residual = squares[k] - 2 * fit * sums[k] + n_[k] * fit * fit;
    variance += weights_[k] * (0.0 < residual ? residual : 0.0);
  }
  const double square = content * content;
  const double below = (total_ - 1) * variance + square;
  // Nothing below is nothing above, too.
  return total_ * square / (0.0 < below ? below : 1.0);
}

std::vector<double> LetterFit::statistics(
    const std::array<std::vector<double>, 3>& sums,
    const std::array<double, 3>& squares, std::size_t n) const {
  const std::vector<double> none(n, 0.0);
  std::array<const double*, 3> of{};
  for (std::size_t k = 0; k < 3; ++k) {
    assert(sums[k].empty() || sums[k].size() == n);
    of[k] = sums[k].empty() ? none.data() : sums[k].data();
  }
  std::vector<double> out(n);
  // By a copy, which `out` cannot be a part of, and without a branch: so the
  // compiler takes patterns together.
  const LetterFit fit = *this;
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = fit.statistic({of[0][i], of[1][i], of[2][i]}, squares);
  }
  return out;
}

}  // namespace coxswain::analysis
