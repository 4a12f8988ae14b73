#include "jobs/device/fixed_sums.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/same_bytes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

TEST_CASE("sums are those of the formula", "[jobs][fixed_sums]") {
  at::manual_seed(3);
  for (const std::int64_t width : {0, 1, 2, 3, 7, 96, 1001}) {
    INFO(width);
    const at::Tensor x = at::randn({5, width}, at::kDouble);
    const auto near = [](const at::Tensor& a, const at::Tensor& b) {
      return at::allclose(a, b, 1e-12, 1e-12);
    };
    CHECK(near(row_sums(x), x.sum(1)));
    CHECK(near(row_norms(x), x.norm(2, {1})));
    CHECK(near(column_sums(x), x.sum(0)));
    CHECK(near(column_means(x), x.mean(0)));
    CHECK(vector_dot(x[0], x[1]) ==
          Approx(x[0].dot(x[1]).item<double>()).margin(1e-12));
    CHECK(vector_norm(x[2]) == Approx(x[2].norm().item<double>()));
    CHECK(vector_sum(x[2]) == Approx(x[2].sum().item<double>()).margin(1e-12));
  }
}

TEST_CASE("a row's sum is its own", "[jobs][fixed_sums]") {
  at::manual_seed(4);
  const at::Tensor x = at::randn({70, 1501}, at::kFloat);
  const at::Tensor all = row_norms(x);
  tests::with_threads([&](int) {
    CHECK(tests::same_bytes(row_norms(x), all));
    CHECK(tests::same_bytes(row_norms(x.t().contiguous().t()), all));
    for (const std::int64_t i : {0, 33, 69}) {
      CHECK(tests::same_bytes(row_norms(x.narrow(0, i, 1))[0], all[i]));
      CHECK(vector_norm(x[i]) == all[i].item<double>());
    }
    CHECK(tests::same_bytes(column_sums(x.narrow(1, 3, 20)),
                            column_sums(x).narrow(0, 3, 20)));
  });
}
