// What every solver of jobs/decomposition holds to, by formula.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/resident_dictionary.hpp"
#include "jobs/decomposition/support.hpp"

using namespace coxswain::jobs;

namespace {

at::Tensor randn(std::int64_t seed, at::IntArrayRef shape) {
  at::manual_seed(static_cast<std::uint64_t>(seed));
  return at::randn(shape, at::kDouble);
}

ResidentDictionary random_dictionary(std::int64_t d_sae, std::int64_t d_in) {
  return ResidentDictionary(randn(7, {d_sae, d_in}) * 3);
}

double largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

}  // namespace

TEST_CASE("a dictionary's passes agree with the unit rows as a matrix",
          "[jobs][solvers]") {
  // Several blocks, float32 weights, a row of zeros.
  at::Tensor W = randn(1, {700, 520}).to(at::kFloat) * 4;
  W[3].zero_();
  const ResidentDictionary U(W);
  const at::Tensor rows = W.to(at::kDouble);
  at::Tensor units = rows / rows.norm(2, 1, true);
  units[3].zero_();
  const at::Tensor x = randn(2, {2, 520});
  const at::Tensor w = randn(3, {2, 700});
  CHECK(largest(U.correlate(x) - at::mm(x, units.t())) < 1e-12);
  CHECK(largest(U.combine(w) - at::mm(w, units)) < 1e-12);
  CHECK(largest(U.gram() - at::mm(units.t(), units)) < 1e-12);
  CHECK(largest(U.atoms({699, 3, 0}) -
                at::stack({units[699], units[3], units[0]})) < 1e-15);
  CHECK(U.d_sae() == 700);
  CHECK(U.d_in() == 520);
}

TEST_CASE("a support solves afresh whatever came and went", "[jobs][solvers]") {
  const ResidentDictionary U = random_dictionary(20, 15);
  Support support(15);
  std::vector<std::int64_t> members;
  for (std::int64_t j = 0; j < 12; ++j) {
    REQUIRE(support.append(U.atoms({j})[0]));
    members.push_back(j);
  }
  for (const std::int64_t position : {3, 0, 9, 4}) {
    support.remove(position);
    members.erase(members.begin() + position);
  }
  const at::Tensor v = randn(4, {15});
  const at::Tensor A = U.atoms(members);
  const at::Tensor w = support.fit(v, 0.5).w;
  CHECK(largest(at::mv(A, v - at::mv(A.t(), w)) - 0.5) < 1e-13);
  const Support::Fit fit = support.fit(v, 0);
  CHECK(largest(at::mv(A, fit.rest)) < 1e-13);
  CHECK(largest(support.combine(fit.w) + fit.rest - v) < 1e-13);
  // Inside the span, it adds nothing.
  CHECK_FALSE(support.append((A[1] + A[2]) / (A[1] + A[2]).norm()));
  CHECK(support.size() == 8);
}

TEST_CASE("a support of nearly equal atoms is solved as well as they allow",
          "[jobs][solvers]") {
  // Their products have a condition number of 1e10, they themselves of 1e5.
  const at::Tensor rows = randn(1, {4, 12});
  const at::Tensor near = rows[0] + rows[3] * 1e-5;
  const ResidentDictionary U(at::stack({rows[0], rows[1], near, rows[2]}));
  const at::Tensor A = U.atoms({0, 1, 2, 3});
  Support support(12);
  for (const at::Tensor& atom : A.unbind()) REQUIRE(support.append(atom));
  const at::Tensor w =
      at::tensor(std::vector<double>{3, -1, -2, 1}, at::kDouble);
  const Support::Fit fit = support.fit(at::mv(A.t(), w), 0);
  CHECK(largest(fit.w - w) < 1e-9);
  CHECK(largest(fit.rest) < 1e-14);
}

TEST_CASE("the first of what rounding makes of equal numbers is the largest",
          "[jobs][solvers]") {
  const auto first = [](const std::vector<double>& scores) {
    return first_largest(at::tensor(scores, at::kDouble));
  };
  CHECK(first({0.5, 1 - 1e-14, 1, 1}) == 1);
  CHECK(first({0.5, 1 - 1e-10, 1, 1}) == 2);
  CHECK(first({-2, -1 - 1e-14, -1}) == 1);
  CHECK(first({0, 0}) == 0);
  CHECK(first({std::nan(""), 1}) == 1);
  CHECK(first({std::nan("")}) == -1);
  CHECK(first({}) == -1);
}
