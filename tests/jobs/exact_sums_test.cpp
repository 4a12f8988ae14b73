#include "jobs/device/exact_sums.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "jobs/task/exact_parts.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/support/same_bytes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Of sizes from 2^-20 to 2^12, of both signs.
at::Tensor terms(std::int64_t n, std::int64_t width) {
  at::manual_seed(5);
  return at::randn({n, width}, at::kFloat) *
         at::exp2(at::rand({n, width}, at::kFloat) * 32 - 20);
}

at::Tensor parts_of(const at::Tensor& rows, double unit, bool squared) {
  ExactSums sums(rows.size(1), unit, rows.device());
  squared ? sums.add_squares(rows) : sums.add(rows);
  return sums.parts("terms");
}

}  // namespace

TEST_CASE("sums are exact but for the rounding of each term",
          "[jobs][exact_sums]") {
  const at::Tensor rows = terms(3000, 37);
  // Long double has 64 bits: its own rounding is below the tolerance.
  const auto expected = [&](std::int64_t column, bool squared) {
    long double sum = 0;
    for (std::int64_t i = 0; i < rows.size(0); ++i) {
      const long double x = rows[i][column].item<float>();
      sum += squared ? x * x : x;
    }
    return static_cast<double>(sum);
  };
  for (const bool squared : {false, true}) {
    const double unit = squared ? 256 : 1;
    const at::Tensor sums = parts_of(rows, unit, squared).sum(0);
    for (const std::int64_t column : {0, 17, 36}) {
      // Half a grain a term, and the last bit of the sum.
      const double wanted = expected(column, squared);
      CHECK(std::abs(sums[column].item<double>() - wanted) <=
            3000 * unit * 0x1p-45 + std::abs(wanted) * 0x1p-52);
    }
  }
}

TEST_CASE("sums do not depend on order, cuts and threads",
          "[jobs][exact_sums]") {
  const at::Tensor rows = terms(2500, 700);
  for (const bool squared : {false, true}) {
    const double unit = squared ? 256 : 1;
    const at::Tensor whole = parts_of(rows, unit, squared);
    tests::with_threads([&](int) {
      const at::Tensor order = at::randperm(rows.size(0));
      CHECK(tests::same_bytes(
          parts_of(rows.index_select(0, order), unit, squared), whole));
      ExactSums cut(700, unit, at::kCPU);
      for (std::int64_t first = 0, n = 1; first < rows.size(0);
           first += n, n = 2 * n + 1) {
        const at::Tensor some =
            rows.narrow(0, first, std::min(n, rows.size(0) - first));
        cut.add_parts(parts_of(some, unit, squared));
      }
      CHECK(tests::same_bytes(cut.parts("terms"), whole));
    });
    // As tensor operations have it, for numbers that the loop does not take.
    const at::Tensor halves = rows.to(at::kBFloat16);
    CHECK(tests::same_bytes(parts_of(halves, unit, squared),
                            parts_of(halves.to(at::kFloat), unit, squared)));
  }
}

TEST_CASE("parts of one sum are added as tensors of them are",
          "[jobs][exact_sums]") {
  const at::Tensor rows = terms(900, 1).to(at::kDouble);
  ExactParts all;
  for (std::int64_t i = 0; i < rows.size(0); ++i) {
    all.add(ExactParts::of(rows[i][0].item<double>(), 4), 4);
  }
  const at::Tensor parts = parts_of(rows, 4, false);
  CHECK(parts[0][0].item<double>() == all.whole);
  CHECK(parts[1][0].item<double>() == all.rest);
  CHECK(ExactParts::of(-0x1p-60, 1).value() == 0);
  CHECK(ExactParts::of(2.75, 1).whole == 2);
  CHECK(ExactParts::of(-2.75, 1).rest == 0.25);
}

TEST_CASE("what is too large to be exact is refused", "[jobs][exact_sums]") {
  const at::Tensor large = at::full({1, 2}, 1e16, at::kDouble);
  CHECK_THROWS_AS(parts_of(large, 1, false), JobError);
  CHECK(parts_of(large, 256, false)[0][0].item<double>() == 1e16);
}
