#include "jobs/steering/principal_direction.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "tests/support/pair_cases.hpp"
#include "tests/support/same_bytes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Differences along single axes: `lengths` of them, on the first ones of d.
at::Tensor axes(const std::vector<double>& lengths, std::int64_t d) {
  at::Tensor rows = at::zeros({std::ssize(lengths), d}, at::kDouble);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    rows[at][at] = lengths[i];
  }
  return rows;
}

std::string failure(const at::Tensor& differences, Around around) {
  const PairDirection made =
      principal_direction(differences, around, differences.mean(0));
  CHECK(made.vector.defined() == made.failure.empty());
  return made.failure;
}

}  // namespace

TEST_CASE("principal directions are those of numpy and scikit-learn",
          "[jobs][principal_direction]") {
  for (const tests::PairCase& one : tests::pair_cases()) {
    CAPTURE(one.name);
    for (const auto& [around, name] :
         {std::pair{Around::zero, "pca"}, {Around::mean, "pca-centred"}}) {
      const PairDirection made =
          principal_direction(one.differences(), around, one.mean());
      CHECK(made.failure.empty());
      CHECK(tests::apart(made.vector, one.vectors.at(name)) < 1e-11);
    }
  }
}

TEST_CASE("around 0 the sign is the mean difference's, else the majority's",
          "[jobs][principal_direction]") {
  // One pair of four that is long and the other way round.
  const at::Tensor x = at::tensor({-9.0, 1.0, 2.0, 1.0}, at::kDouble);
  const at::Tensor differences = at::stack({x, at::ones_like(x) * 0.5}, 1);
  const at::Tensor mean = differences.mean(0);
  const auto first = [&](Around around) {
    return principal_direction(differences, around, mean)
        .vector[0]
        .item<double>();
  };
  CHECK(first(Around::zero) < 0);
  CHECK(first(Around::mean) > 0);
  // In a tie the mean decides.
  const at::Tensor tied = differences.narrow(0, 0, 2);
  CHECK(principal_direction(tied, Around::mean, tied.mean(0))
            .vector[0]
            .item<double>() < 0);
}

TEST_CASE("a principal direction that pairs leave open is refused",
          "[jobs][principal_direction]") {
  const at::Tensor one = at::ones({1, 3}, at::kDouble);
  CHECK_THAT(failure(one, Around::zero), Catch::Contains("one pair"));
  CHECK_THAT(failure(one, Around::mean), Catch::Contains("one pair"));
  CHECK_THAT(failure(at::zeros({4, 3}, at::kDouble), Around::zero),
             Catch::Contains("no pair has a difference"));
  // A tenth is no number of float64: the mean of ten is rounded.
  const at::Tensor same = one.expand({10, 3}) * 0.1;
  CHECK_THAT(failure(same, Around::mean), Catch::Contains("same difference"));
  CHECK(failure(same, Around::zero).empty());
  CHECK_THAT(failure(axes({2, 2, 1}, 5), Around::zero),
             Catch::Contains("equally large"));
  const at::Tensor more =
      at::cat({axes({2, 2, 1}, 3), at::zeros({1, 3}, at::kDouble)});
  CHECK_THAT(failure(more, Around::zero), Catch::Contains("equally large"));
  CHECK(failure(axes({2, 1.99, 1}, 5), Around::zero).empty());
  // Two that are opposite, and a third across them.
  const at::Tensor across =
      at::tensor({5.0, 0.0, -5.0, 0.0, 0.0, 1.0}, at::kDouble).view({3, 2});
  CHECK_THAT(failure(across, Around::zero), Catch::Contains("which way"));
}

TEST_CASE("threads change no bit of a principal direction",
          "[jobs][principal_direction]") {
  at::manual_seed(3);
  const at::Tensor x = at::randn({150, 300}, at::kDouble) + 0.3;
  for (const at::Tensor& rows : {x, x.t().contiguous()}) {
    at::Tensor first;
    tests::with_threads([&](int) {
      const at::Tensor made =
          principal_direction(rows, Around::mean, rows.mean(0)).vector;
      if (!first.defined()) first = made;
      CHECK(tests::same_bytes(first, made));
    });
  }
}
