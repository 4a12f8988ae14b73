// What every solver of jobs/decomposition holds to, by formula.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "jobs/decomposition/first_largest.hpp"
#include "jobs/decomposition/gradient_pursuit.hpp"
#include "jobs/decomposition/lasso.hpp"
#include "jobs/decomposition/least_squares.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/non_negative_least_squares.hpp"
#include "jobs/decomposition/ridge.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/decomposition/support.hpp"

using namespace coxswain::jobs;

namespace {

using Solver =
    std::function<at::Tensor(const Dictionary&, const at::Tensor& vectors)>;
using Features = std::vector<std::vector<std::int64_t>>;

Features all_features(const Dictionary& U, const at::Tensor& vectors) {
  std::vector<std::int64_t> every;
  for (std::int64_t j = 0; j < U.d_sae(); ++j) every.push_back(j);
  return Features(static_cast<std::size_t>(vectors.size(0)), every);
}

const std::map<std::string, Solver>& solvers() {
  static const std::map<std::string, Solver> kSolvers = {
      {"matching pursuit",
       [](const Dictionary& U, const at::Tensor& v) {
         return matching_pursuit(U, v, 1000, 1e-10).codes;
       }},
      {"gradient pursuit, signed",
       [](const Dictionary& U, const at::Tensor& v) {
         return gradient_pursuit(U, v, 30, Signs::both);
       }},
      {"gradient pursuit, clipped",
       [](const Dictionary& U, const at::Tensor& v) {
         return gradient_pursuit(U, v, 30, Signs::positive);
       }},
      {"non-negative least squares",
       [](const Dictionary& U, const at::Tensor& v) {
         return non_negative_least_squares(U, v);
       }},
      {"lasso, signed",
       [](const Dictionary& U, const at::Tensor& v) {
         return lasso(U, v, 0.01, Signs::both).codes;
       }},
      {"lasso, positive",
       [](const Dictionary& U, const at::Tensor& v) {
         return lasso(U, v, 0.01, Signs::positive).codes;
       }},
      {"least squares",
       [](const Dictionary& U, const at::Tensor& v) {
         return least_squares(U, v, all_features(U, v));
       }},
      {"ridge", [](const Dictionary& U, const at::Tensor& v) {
         return ridge(U, v, 0.1);
       }}};
  return kSolvers;
}

at::Tensor randn(std::int64_t seed, at::IntArrayRef shape) {
  at::manual_seed(static_cast<std::uint64_t>(seed));
  return at::randn(shape, at::kDouble);
}

SaeDictionary random_dictionary(std::int64_t d_sae, std::int64_t d_in) {
  return SaeDictionary(randn(7, {d_sae, d_in}) * 3);
}

double largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

at::Tensor slopes(const Dictionary& U, const at::Tensor& vectors,
                  const at::Tensor& codes) {
  return U.correlate(vectors - U.combine(codes));
}

void check_lasso(const Dictionary& U, const at::Tensor& v, double fraction,
                 Signs signs) {
  const at::Tensor c = U.correlate(v);
  const Lasso fit = lasso(U, v, fraction, signs);
  const at::Tensor most =
      (signs == Signs::both ? c.abs() : c).amax(1) * fraction;
  CHECK(largest(fit.lambda - most) < 1e-14);
  const at::Tensor lambda = fit.lambda.unsqueeze(1);
  const at::Tensor slope = slopes(U, v, fit.codes);
  const at::Tensor steepness = signs == Signs::both ? slope.abs() : slope;
  CHECK((steepness - lambda).max().item<double>() < 1e-11);
  CHECK(largest((slope - lambda * fit.codes.sign())
                    .masked_select(fit.codes.ne(0))) < 1e-11);
  if (signs == Signs::positive) CHECK(fit.codes.ge(0).all().item<bool>());
  CHECK(largest(fit.codes) > 0);
}

}  // namespace

TEST_CASE("a dictionary's passes agree with the unit rows as a matrix",
          "[jobs][solvers]") {
  // Several blocks, float32 weights, a row of zeros.
  at::Tensor W = randn(1, {700, 520}).to(at::kFloat) * 4;
  W[3].zero_();
  const SaeDictionary U(W);
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
  const SaeDictionary U = random_dictionary(20, 15);
  Support support(15);
  std::vector<std::int64_t> members;
  for (std::int64_t j = 0; j < 12; ++j) {
    REQUIRE(support.append(U.atoms({j}))[0]);
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
  const at::Tensor between = (A[1] + A[2]) / (A[1] + A[2]).norm();
  CHECK_FALSE(support.append(between.unsqueeze(0))[0]);
  CHECK(support.size() == 8);
}

TEST_CASE("a support of nearly equal atoms is solved as well as they allow",
          "[jobs][solvers]") {
  // Their products have a condition number of 1e10, they themselves of 1e5.
  const at::Tensor rows = randn(1, {4, 12});
  const at::Tensor near = rows[0] + rows[3] * 1e-5;
  const SaeDictionary U(at::stack({rows[0], rows[1], near, rows[2]}));
  const at::Tensor A = U.atoms({0, 1, 2, 3});
  Support support(12);
  CHECK(support.append(A) == std::vector<bool>(4, true));
  const at::Tensor w =
      at::tensor(std::vector<double>{3, -1, -2, 1}, at::kDouble);
  const Support::Fit fit = support.fit(at::mv(A.t(), w), 0);
  CHECK(largest(fit.w - w) < 1e-9);
  CHECK(largest(fit.rest) < 1e-14);
}

TEST_CASE("a vector of zeros has no codes, beside others", "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(30, 10);
  at::Tensor vectors = randn(2, {3, 10});
  vectors[1].zero_();
  for (const auto& [name, solve] : solvers()) {
    INFO(name);
    const at::Tensor codes = solve(U, vectors);
    CHECK(largest(codes[1]) == 0);
    CHECK(largest(codes[0]) > 0);
    CHECK(largest(codes[2]) > 0);
    CHECK(largest(solve(U, at::zeros({2, 10}, at::kDouble))) == 0);
  }
}

TEST_CASE("rows of zeros and equal or opposite rows do no harm",
          "[jobs][solvers]") {
  at::Tensor W = randn(5, {24, 10});
  for (const std::int64_t zero : {0, 11, 23}) W[zero].zero_();
  for (std::int64_t j = 1; j < 5; ++j) W[j + 6] = W[j] * 2;
  for (std::int64_t j = 1; j < 4; ++j) W[j + 12] = -W[j];
  const SaeDictionary U(W);
  const at::Tensor vectors =
      at::cat({randn(6, {4, 10}), W.narrow(0, 1, 2), -W.narrow(0, 3, 1),
               at::ones({1, 10}, at::kDouble)});
  for (const auto& [name, solve] : solvers()) {
    INFO(name);
    const at::Tensor codes = solve(U, vectors);
    CHECK(at::isfinite(codes).all().item<bool>());
    for (const std::int64_t zero : {0, 11, 23}) {
      CHECK(largest(codes.select(1, zero)) == 0);
    }
  }
  const SaeDictionary nothing(at::zeros({5, 10}, at::kFloat));
  for (const auto& [name, solve] : solvers()) {
    INFO(name);
    CHECK(largest(solve(nothing, vectors)) == 0);
  }
  CHECK(matching_pursuit(nothing, vectors.narrow(0, 0, 1), 3, 0).order ==
        Features{{}});
}

TEST_CASE("codes scale with the vector, however large or small",
          "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(30, 10);
  const at::Tensor vectors = randn(2, {2, 10});
  for (const auto& [name, solve] : solvers()) {
    INFO(name);
    const at::Tensor codes = solve(U, vectors);
    for (const double scale : {0x1p-600, 0x1p600}) {
      CHECK(at::equal(solve(U, vectors * scale), codes * scale));
    }
  }
}

TEST_CASE("the same question has the same answer, alone or among others",
          "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(60, 16);
  const at::Tensor vectors = randn(3, {5, 16});
  for (const auto& [name, solve] : solvers()) {
    INFO(name);
    const at::Tensor codes = solve(U, vectors);
    CHECK(at::equal(codes, solve(U, vectors)));
    CHECK(largest(codes[2] - solve(U, vectors.narrow(0, 2, 1))[0]) < 1e-11);
  }
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

TEST_CASE("of equal atoms the first is chosen", "[jobs][solvers]") {
  at::Tensor W = randn(8, {200, 33});
  const at::Tensor v = randn(9, {1, 33});
  for (const std::int64_t twin : {5, 17, 64, 199}) W[twin] = v[0] * 3;
  const SaeDictionary U(W);
  const Pursuit pursuit = matching_pursuit(U, v, 3, 1e-10);
  CHECK(pursuit.order == Features{{5}});
  CHECK(pursuit.codes[0][5].item<double>() ==
        Approx(v.norm().item<double>()).epsilon(1e-14));
  for (const Signs signs : {Signs::both, Signs::positive}) {
    const at::Tensor codes = gradient_pursuit(U, v, 1, signs);
    CHECK(codes.nonzero().size(0) == 1);
    CHECK(codes[0][5].item<double>() > 0);
  }
}

TEST_CASE("matching pursuit finds a planted signed combination",
          "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(300, 200);
  at::Tensor planted = at::zeros({2, 300}, at::kDouble);
  planted[0][3] = 4;
  planted[0][100] = -3;
  planted[0][299] = 2;
  planted[1][7] = -5;
  const Pursuit pursuit = matching_pursuit(U, U.combine(planted), 20, 1e-10);
  CHECK(pursuit.order == Features{{3, 100, 299}, {7}});
  CHECK(largest(pursuit.codes - planted) < 1e-12);
}

TEST_CASE("matching pursuit stops where it should", "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(40, 12);
  const at::Tensor v = randn(2, {1, 12});
  CHECK(matching_pursuit(U, v, 5, 1e-10).order[0].size() == 5);
  CHECK(matching_pursuit(U, v, 0, 1e-10).order[0].empty());
  const at::Tensor rest = v - U.combine(matching_pursuit(U, v, 40, 0.3).codes);
  CHECK(rest.norm().item<double>() <= 0.3 * v.norm().item<double>());
  const auto order = matching_pursuit(U, v, 40, 0).order[0];
  CHECK(order.size() <= 12);  // no more than dimensions
  CHECK(std::set<std::int64_t>(order.begin(), order.end()).size() ==
        order.size());
  // Five atoms in twelve dimensions: all are used, and most of v is left.
  const SaeDictionary few = random_dictionary(5, 12);
  const Pursuit all = matching_pursuit(few, v, 40, 1e-10);
  CHECK(all.order[0].size() == 5);
  CHECK(largest(slopes(few, v, all.codes)) < 1e-14);
}

TEST_CASE("matching pursuit passes by an atom in the span of the chosen ones",
          "[jobs][solvers]") {
  // Atoms e0, e1, (e0 + e1) / sqrt 2; v has a part that none reaches.
  at::Tensor W = at::zeros({3, 4}, at::kDouble);
  W[0][0] = 1;
  W[1][1] = 1;
  W[2][0] = 1;
  W[2][1] = 1;
  const at::Tensor v =
      at::tensor(std::vector<double>{3, 1, 5, 0}, at::kDouble).unsqueeze(0);
  const Pursuit pursuit = matching_pursuit(SaeDictionary(W), v, 3, 1e-10);
  CHECK(pursuit.order == Features{{0, 1}});
  CHECK(largest(pursuit.codes -
                at::tensor(std::vector<double>{3, 1, 0}, at::kDouble)) < 1e-15);
}

TEST_CASE("matching pursuit's codes are least squares down to noise",
          "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(150, 60);
  at::Tensor planted = at::zeros({1, 150}, at::kDouble);
  for (std::int64_t j = 0; j < 6; ++j)
    planted[0][20 * j] = static_cast<double>(j) - 2.5;
  const at::Tensor v = U.combine(planted).to(at::kFloat).to(at::kDouble);
  const Pursuit pursuit = matching_pursuit(U, v, 40, 1e-12);
  CHECK(pursuit.order[0].size() == 40);
  CHECK(largest(pursuit.codes - least_squares(U, v, pursuit.order)) < 1e-12);
}

TEST_CASE("gradient pursuit follows its formula, atom by atom",
          "[jobs][solvers]") {
  // Atoms that have much in common make the clipping matter.
  const SaeDictionary U(randn(7, {40, 10}) + 2);
  const at::Tensor vectors = randn(2, {8, 10});
  for (const Signs signs : {Signs::both, Signs::positive}) {
    int clipped = 0;
    at::Tensor expected = at::zeros({8, 40}, at::kDouble);
    for (std::int64_t i = 0; i < 8; ++i) {
      at::Tensor w = at::zeros({1, 40}, at::kDouble);
      at::Tensor chosen = at::zeros({40}, at::kDouble);
      for (int iteration = 0; iteration < 40; ++iteration) {
        const at::Tensor r = vectors.narrow(0, i, 1) - U.combine(w);
        const at::Tensor p = U.correlate(r);
        chosen[(signs == Signs::both ? p.abs() : p).argmax()] = 1;
        const at::Tensor g = p * chosen;
        const at::Tensor c = U.combine(g);
        const at::Tensor squares = c.square().sum();
        if (squares.item<double>() == 0) break;  // nothing is left of it
        w += g * ((c * r).sum() / squares);
        if (signs == Signs::both) continue;
        clipped += w.lt(0).sum().item<int>();
        w.clamp_min_(0);
      }
      expected[i] = w[0];
    }
    const at::Tensor codes = gradient_pursuit(U, vectors, 40, signs);
    CHECK(at::isfinite(codes).all().item<bool>());
    CHECK(largest(codes - expected) < 1e-12);
    if (signs == Signs::positive) CHECK(clipped > 0);
  }
}

TEST_CASE("non-negative least squares meets its optimality conditions",
          "[jobs][solvers]") {
  for (const std::int64_t d_sae : {10, 30, 90, 400}) {
    INFO(d_sae);
    const SaeDictionary U = random_dictionary(d_sae, 30);
    const at::Tensor v = randn(2, {12, 30});
    const at::Tensor w = non_negative_least_squares(U, v);
    const at::Tensor slope = slopes(U, v, w);
    CHECK(w.ge(0).all().item<bool>());
    CHECK(slope.max().item<double>() < 1e-11);
    CHECK(largest(slope.masked_select(w.gt(0))) < 1e-11);
    CHECK(w.gt(0).sum(1).max().item<std::int64_t>() <= 30);
    if (d_sae == 400) CHECK(largest(v - U.combine(w)) < 1e-11);
  }
}

TEST_CASE("non-negative least squares keeps to the allowed atoms",
          "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(40, 12);
  const at::Tensor v = randn(2, {2, 12});
  const Features allowed = {{1, 5, 9, 20, 33}, {}};
  const at::Tensor w = non_negative_least_squares(U, v, allowed);
  const at::Tensor index = at::tensor(allowed[0], at::kLong);
  CHECK(largest(w[1]) == 0);
  CHECK(largest(w[0]) > 0);
  CHECK(at::equal(w[0].sum(), w[0].index_select(0, index).sum()));
  CHECK(slopes(U, v, w)[0].index_select(0, index).max().item<double>() < 1e-11);
}

TEST_CASE("the lasso meets its optimality conditions", "[jobs][solvers]") {
  const at::Tensor v = randn(2, {12, 30});
  for (const std::int64_t d_sae : {20, 90, 400}) {
    const SaeDictionary U = random_dictionary(d_sae, 30);
    for (const Signs signs : {Signs::both, Signs::positive}) {
      for (const double fraction : {0.7, 0.2, 0.01, 1e-5}) {
        INFO(d_sae << " " << fraction);
        check_lasso(U, v, fraction, signs);
      }
      CHECK(largest(lasso(U, v, 1, signs).codes) < 1e-11);
    }
  }
}

TEST_CASE("the lasso takes one atom in place of several it combines",
          "[jobs][solvers]") {
  // (e0 + e1) / sqrt 2 comes in last, and says the same with a smaller sum.
  at::Tensor W = at::zeros({3, 2}, at::kDouble);
  W[0][0] = 1;
  W[1][1] = 1;
  W[2][0] = 1;
  W[2][1] = 1;
  const at::Tensor v =
      at::tensor(std::vector<double>{3, 1}, at::kDouble).unsqueeze(0);
  const SaeDictionary U(W);
  for (const Signs signs : {Signs::both, Signs::positive}) {
    const Lasso fit = lasso(U, v, 0.01, signs);
    const double lambda = fit.lambda[0].item<double>();
    const at::Tensor slope = slopes(U, v, fit.codes)[0];
    CHECK(fit.codes[0][1].item<double>() == 0);
    CHECK(slope[0].item<double>() == Approx(lambda).epsilon(1e-12));
    CHECK(slope[2].item<double>() == Approx(lambda).epsilon(1e-12));
  }
}

TEST_CASE("a positive lasso has nothing to say of a vector all atoms oppose",
          "[jobs][solvers]") {
  const at::Tensor W = randn(3, {20, 6}).abs();
  const Lasso fit = lasso(SaeDictionary(W), -at::ones({1, 6}, at::kDouble), 0.1,
                          Signs::positive);
  CHECK(largest(fit.codes) == 0);
  CHECK(largest(fit.lambda) == 0);
}

TEST_CASE("least squares is the shortest solution on its support",
          "[jobs][solvers]") {
  const SaeDictionary U = random_dictionary(40, 10);
  const at::Tensor v = randn(2, {3, 10});
  std::vector<std::int64_t> many;
  for (std::int64_t j = 5; j < 35; ++j) many.push_back(j);
  const at::Tensor w = least_squares(U, v, {{4, 8, 2}, many, {}});
  CHECK(largest(slopes(U, v, w)[0].index_select(
            0, at::tensor({4, 8, 2}, at::kLong))) < 1e-13);
  CHECK(w[0].ne(0).sum().item<std::int64_t>() == 3);
  // The shortest w is a combination of what the atoms say: w = U y.
  const at::Tensor A = U.atoms(many);
  const at::Tensor shortest = at::mv(at::linalg_pinv(A.t()), v[1]);
  CHECK(largest(w[1].narrow(0, 5, 30) - shortest) < 1e-13);
  CHECK(largest(w[2]) == 0);
}

TEST_CASE("ridge solves its equations, without rho the shortest way",
          "[jobs][solvers]") {
  const at::Tensor v = randn(2, {3, 10});
  for (const std::int64_t d_sae : {40, 4}) {
    INFO(d_sae);
    const SaeDictionary U = random_dictionary(d_sae, 10);
    const at::Tensor w = ridge(U, v, 0.3);
    CHECK(largest(slopes(U, v, w) - w * 0.3) < 1e-13);
    const at::Tensor shortest = least_squares(U, v, all_features(U, v));
    CHECK(largest(ridge(U, v, 0) - shortest) < 1e-12);
    CHECK(largest(ridge(U, v, 1e-200) - shortest) < 1e-12);
  }
}

TEST_CASE("an atom that came for nothing may come again when others have left",
          "[jobs][solvers]") {
  // Of these vectors the one at 181 met an atom whose slope was the penalty but
  // for rounding, and then needed it (with libtorch's random numbers of 2022
  // to 2026).
  constexpr std::int64_t d_in = 512, kWanted = 181;
  at::manual_seed(1);
  at::Tensor decoder = at::randn({16384, d_in}, at::kFloat);
  decoder.div_(decoder.norm(2, 1, true));
  at::Tensor vectors = at::randn({300, d_in}, at::kDouble);
  const at::Tensor v = vectors.narrow(0, kWanted, 1);
  v.div_(v.norm(2, 1, true));
  const SaeDictionary U(decoder);
  const Lasso fit = lasso(U, v, 0.1, Signs::positive);
  // By the optimum's own conditions.
  const at::Tensor slope = slopes(U, v, fit.codes)[0];
  const double lambda = fit.lambda[0].item<double>();
  CHECK(slope.max().item<double>() < lambda * (1 + 1e-9));
  const at::Tensor used = fit.codes[0].gt(0);
  CHECK(largest(slope.masked_select(used) - lambda) < 1e-9 * lambda);
}
