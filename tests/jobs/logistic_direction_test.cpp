#include "jobs/steering/logistic_direction.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "tests/support/pair_cases.hpp"
#include "tests/support/same_bytes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Of the objective at w, at the intercept where it is least: how far its
// gradient is from 0, as a share of |w|.
double gradient_of(const at::Tensor& w, const at::Tensor& positive,
                   const at::Tensor& negative) {
  const at::Tensor x = at::cat({positive, negative});
  const at::Tensor y = at::cat({at::ones({positive.size(0)}, at::kDouble),
                                -at::ones({negative.size(0)}, at::kDouble)});
  const auto pull = [&](double b) {
    return -y * at::sigmoid(-y * (x.mv(w) + b));
  };
  double low = -1e4, high = 1e4;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (pull(middle).sum().item<double>() < 0 ? low : high) = middle;
  }
  return ((w + x.t().mv(pull(low))).norm() / w.norm()).item<double>();
}

}  // namespace

TEST_CASE("weights are those of scikit-learn's logistic regression",
          "[jobs][logistic_direction]") {
  for (const tests::PairCase& one : tests::pair_cases()) {
    CAPTURE(one.name);
    const at::Tensor positive = one.positive.to(at::kDouble);
    const at::Tensor negative = one.negative.to(at::kDouble);
    const PairDirection made = logistic_direction(positive, negative);
    CHECK(made.failure.empty());
    CHECK(tests::apart(made.vector, one.vectors.at("logistic")) < 1e-10);
    // Their length is the objective's, too.
    CHECK(gradient_of(made.vector, positive, negative) < 1e-8);
  }
}

TEST_CASE("one pair is told apart along its difference",
          "[jobs][logistic_direction]") {
  const at::Tensor positive =
      at::tensor({3.0, 1.0, 7.0}, at::kDouble).unsqueeze(0);
  const at::Tensor negative =
      at::tensor({2.0, 5.0, 7.0}, at::kDouble).unsqueeze(0);
  const PairDirection made = logistic_direction(positive, negative);
  CHECK(tests::apart(made.vector, (positive - negative)[0]) < 1e-12);
}

TEST_CASE("activations far from 0 and far apart converge",
          "[jobs][logistic_direction]") {
  at::manual_seed(5);
  for (const double size : {1e-3, 1.0, 1e3, 1e5}) {
    CAPTURE(size);
    const at::Tensor base = at::randn({40}, at::kDouble) * 100 * size;
    const at::Tensor positive =
        base + (at::randn({9, 40}, at::kDouble) + 0.5) * size;
    const at::Tensor negative = base + at::randn({9, 40}, at::kDouble) * size;
    const PairDirection made = logistic_direction(positive, negative);
    CHECK(made.failure.empty());
    REQUIRE(made.vector.defined());
    CHECK(((positive - negative).mean(0) * made.vector).sum().item<double>() >
          0);
  }
}

TEST_CASE("without a difference there are no weights",
          "[jobs][logistic_direction]") {
  const at::Tensor x = at::ones({3, 4}, at::kDouble);
  CHECK_THAT(logistic_direction(x, x).failure,
             Catch::Contains("nothing tells"));
}

TEST_CASE("threads change no bit of a logistic regression",
          "[jobs][logistic_direction]") {
  at::manual_seed(7);
  const at::Tensor x = at::randn({160, 240}, at::kDouble);
  for (const at::Tensor& rows : {x, x.t().contiguous()}) {
    const at::Tensor positive = rows.narrow(0, 0, 60);
    const at::Tensor negative = rows.narrow(0, 60, 60) - 0.1;
    at::Tensor first;
    tests::with_threads([&](int) {
      const at::Tensor made = logistic_direction(positive, negative).vector;
      if (!first.defined()) first = made;
      CHECK(tests::same_bytes(first, made));
    });
  }
}
