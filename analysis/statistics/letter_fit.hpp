#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace coxswain::analysis {

// Least squares of values = content + letter x answer over clusters, whose
// answers are 1, 0 or -1: clusters of one answer have the same place in it.
class LetterFit {
 public:
  explicit LetterFit(std::span<const int> answers);

  // Whether content and letter, and the error of content, can be told.
  bool determinate() const { return determinate_ && determinant_ > 0; }

  // The squared statistic of content, G t^2 / (G - 1 + t^2) with HC2's error,
  // of n patterns of values' signs. By answer + 1: the values' sums over the
  // clusters of that answer in each pattern, [n] or nothing if it has none, and
  // those of their squares, which are the same in every pattern.
  std::vector<double> statistics(const std::array<std::vector<double>, 3>& sums,
                                 const std::array<double, 3>& squares,
                                 std::size_t n) const;

 private:
  double statistic(const std::array<double, 3>& sums,
                   const std::array<double, 3>& squares) const;

  // By answer + 1: clusters, and HC2's weight of a squared residual.
  std::array<double, 3> n_{}, weights_{};
  double total_ = 0, balance_ = 0, letters_ = 0, determinant_ = 0;
  bool determinate_ = true;
};

}  // namespace coxswain::analysis
