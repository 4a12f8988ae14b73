#include "jobs/device/row_product.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <catch2/catch.hpp>

#include "tests/support/threads.hpp"

using namespace coxswain::jobs;

namespace {

at::Tensor normals(at::IntArrayRef shape, at::ScalarType kind) {
  return at::randn(shape, at::kDouble).to(kind);
}

bool same(const at::Tensor& a, const at::Tensor& b) { return at::equal(a, b); }

// Each sum's distance from the exact one, over the sum of its terms' sizes: a
// sum of k terms in blocks of 320 strays by less than 320 roundings.
double error(const at::Tensor& found, const at::Tensor& x,
             const at::Tensor& W) {
  const at::Tensor wide = x.to(at::kDouble), W_wide = W.to(at::kDouble);
  return ((found.to(at::kDouble) - at::mm(wide, W_wide)).abs() /
          (at::mm(wide.abs(), W_wide.abs()) + 1e-300))
      .max()
      .item<double>();
}

double tolerance(at::ScalarType kind) {
  return kind == at::kFloat ? 4e-6 : 2e-14;
}

void check_shape(std::int64_t n, std::int64_t k, std::int64_t m,
                 at::ScalarType kind) {
  INFO(n << " rows, " << k << " to " << m << ", " << kind);
  const at::Tensor x = normals({n, k}, kind), W = normals({k, m}, kind);
  const at::Tensor all = row_product(x, W);
  CHECK(error(all, x, W) < tolerance(kind));
  for (std::int64_t row = 0; row < n; row += 1 + n / 7) {
    CHECK(same(row_product(x.narrow(0, row, 1), W), all.narrow(0, row, 1)));
  }
  const at::Tensor order = at::randperm(n, at::kLong);
  CHECK(same(row_product(x.index_select(0, order), W),
             all.index_select(0, order)));
  const std::int64_t some = (n + 1) / 2;
  CHECK(same(row_product(x.narrow(0, n - some, some), W),
             all.narrow(0, n - some, some)));
  // Some of the outputs, too.
  const std::int64_t first = m / 3;
  CHECK(same(row_product(x, W.narrow(1, first, m - first)),
             all.narrow(1, first, m - first)));
  for (const int threads : {2, 3}) {
    const coxswain::tests::Threads set(threads);
    CHECK(same(row_product(x, W), all));
  }
}

}  // namespace

TEST_CASE("a row's product does not depend on what is beside it",
          "[jobs][row_product]") {
  at::manual_seed(11);
  const coxswain::tests::Threads one(1);
  for (const at::ScalarType kind : {at::kFloat, at::kDouble}) {
    check_shape(1, 1, 1, kind);
    check_shape(2, 3, 31, kind);
    check_shape(7, 576, 33, kind);
    check_shape(33, 321, 100, kind);
    check_shape(13, 2000, 16, kind);
    check_shape(500, 64, 130, kind);  // more rows than pass together
  }
  check_shape(2048, 576, 65, at::kFloat);
}

TEST_CASE("row products take matrices as they lie", "[jobs][row_product]") {
  at::manual_seed(12);
  for (const at::ScalarType kind : {at::kFloat, at::kDouble}) {
    const at::Tensor x = normals({9, 70}, kind), W = normals({70, 37}, kind);
    const at::Tensor expected = row_product(x, W);
    const at::Tensor turned = W.t().contiguous().t();
    const at::Tensor sparse =
        normals({140, 111}, kind).slice(0, 0, 140, 2).slice(1, 0, 111, 3);
    at::Tensor gaps = sparse;
    gaps.copy_(W);
    CHECK(same(row_product(x, turned), expected));
    CHECK(same(row_product(x, gaps), expected));
    CHECK(same(row_product(x.t().contiguous().t(), W), expected));
    CHECK(same(row_product(at::cat({x, x}, 1).narrow(1, 0, 70), W), expected));
  }
}

TEST_CASE("row products are added once they are whole", "[jobs][row_product]") {
  at::manual_seed(13);
  for (const at::ScalarType kind : {at::kFloat, at::kDouble}) {
    const at::Tensor x = normals({9, 700}, kind), W = normals({700, 37}, kind);
    const at::Tensor start = normals({9, 37}, kind);
    const at::Tensor expected = start + row_product(x, W);
    const at::Tensor out = start.clone();
    add_row_product(out, x, W);
    CHECK(same(out, expected));
    const at::Tensor wide = at::cat({start, start}, 1);
    add_row_product(wide.narrow(1, 0, 37), x, W);
    CHECK(same(wide.narrow(1, 0, 37), expected));
    CHECK(same(wide.narrow(1, 37, 37), start));
    const at::Tensor turned = start.t().contiguous().t();
    add_row_product(turned, x, W);
    CHECK(same(turned, expected));
  }
}

TEST_CASE("row products may be empty", "[jobs][row_product]") {
  const auto empty = [](std::int64_t n, std::int64_t k, std::int64_t m) {
    return row_product(at::ones({n, k}), at::ones({k, m}));
  };
  CHECK(same(empty(0, 3, 4), at::empty({0, 4})));
  CHECK(same(empty(3, 4, 0), at::empty({3, 0})));
  CHECK(same(empty(3, 0, 4), at::zeros({3, 4})));
}
