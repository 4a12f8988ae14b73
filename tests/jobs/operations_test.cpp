#include "jobs/steering/operations.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "tests/support/fake_device.hpp"
#include "tests/support/threads.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

using Row = std::vector<double>;

constexpr Operation kOthers[] = {Operation::project_out,
                                 Operation::add_keep_norm, Operation::rotate};

double dot(const Row& a, const Row& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double length(const Row& a) { return std::sqrt(dot(a, a)); }

Row sum_of(double a, const Row& x, double b, const Row& y) {
  Row out;
  for (std::size_t i = 0; i < x.size(); ++i) out.push_back(a * x[i] + b * y[i]);
  return out;
}

// By the formulas of operations.hpp, number by number; of rotation by the angle
// that h stands at in the plane of v and what is orthogonal to it, which is not
// how the program does it.
Row directly(Operation operation, const Row& h, const Row& v, double m) {
  const Row u = sum_of(1 / length(v), v, 0, v);
  switch (operation) {
    case Operation::add:
      return sum_of(1, h, m, v);
    case Operation::project_out:
      return sum_of(1, h, -m * dot(h, u), u);
    case Operation::add_keep_norm: {
      const Row sum = sum_of(1, h, m, v);
      return sum_of(length(h) / length(sum), sum, 0, sum);
    }
    case Operation::rotate: {
      const Row rest = sum_of(1, h, -dot(h, u), u);
      const Row across = sum_of(1 / length(rest), rest, 0, rest);
      const double angle =
          std::atan2(length(rest), dot(h, u)) - m * std::numbers::pi / 180;
      return sum_of(length(h) * std::cos(angle), u, length(h) * std::sin(angle),
                    across);
    }
    case Operation::clamp:  // tests/jobs/clamp_test.cpp
      break;
  }
  return {};
}

Row row_of(const at::Tensor& rows, std::int64_t row) {
  const at::Tensor one = rows[row].to(at::kDouble).contiguous();
  return {one.data_ptr<double>(), one.data_ptr<double>() + one.numel()};
}

at::Tensor numbers(const std::vector<double>& values) {
  return at::tensor(values, at::kDouble);
}

// Rows of the sizes that streams have, a few hundred so that all are not one
// piece of work.
struct Rows {
  explicit Rows(at::ScalarType kind = at::kDouble, std::int64_t n = 300) {
    at::manual_seed(3);
    h = (20 * at::randn({n, 37}, at::kDouble)).to(kind);
    v = (3 * at::randn({n, 37}, at::kDouble)).to(kind);
    multipliers = 2 * at::randn({n}, at::kDouble);
  }
  at::Tensor h, v, multipliers;

  at::Tensor under(Operation operation) const {
    return operated(operation, h, v, multipliers);
  }
};

double distance(const Row& a, const Row& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(a[i] - b[i]));
  }
  return most;
}

}  // namespace

TEST_CASE("each operation is its formula", "[jobs][operations]") {
  Rows rows;
  for (const Operation operation :
       {Operation::add, Operation::project_out, Operation::add_keep_norm,
        Operation::rotate}) {
    INFO(name_of(operation));
    Rows scaled = rows;
    if (operation == Operation::rotate) scaled.multipliers *= 45;
    const at::Tensor found = scaled.under(operation);
    CHECK(found.scalar_type() == at::kDouble);
    double most = 0, moved = 1e9;
    for (std::int64_t i = 0; i < found.size(0); ++i) {
      const Row h = row_of(rows.h, i);
      const double m = scaled.multipliers[i].item<double>();
      most = std::max(most,
                      distance(row_of(found, i),
                               directly(operation, h, row_of(rows.v, i), m)));
      moved = std::min(moved, distance(row_of(found, i), h));
    }
    CHECK(most < 1e-10);
    CHECK(moved > 1e-6);
  }
}

TEST_CASE("float32 streams are rounded once", "[jobs][operations]") {
  const Rows rows(at::kFloat);
  for (const Operation operation : kOthers) {
    INFO(name_of(operation));
    const at::Tensor found = rows.under(operation);
    CHECK(found.scalar_type() == at::kFloat);
    const at::Tensor wide = operated(operation, rows.h.to(at::kDouble),
                                     rows.v.to(at::kDouble), rows.multipliers);
    CHECK(at::equal(found, wide.to(at::kFloat)));
  }
}

TEST_CASE("projected out whole, nothing is left along the vector",
          "[jobs][operations]") {
  const Rows rows;
  const at::Tensor ones = at::ones_like(rows.multipliers);
  const at::Tensor found =
      operated(Operation::project_out, rows.h, rows.v, ones);
  const at::Tensor mirrored =
      operated(Operation::project_out, rows.h, rows.v, 2 * ones);
  for (std::int64_t i = 0; i < found.size(0); ++i) {
    const Row v = row_of(rows.v, i);
    const double before = dot(row_of(rows.h, i), v);
    CHECK(std::abs(dot(row_of(found, i), v)) < 1e-10);
    CHECK(dot(row_of(mirrored, i), v) == Approx(-before));
  }
  // Neither length nor sign of the vector matters.
  CHECK(
      at::allclose(operated(Operation::project_out, rows.h, -7 * rows.v, ones),
                   found, 0, 1e-10));
}

TEST_CASE("lengths are kept by those that say so", "[jobs][operations]") {
  const Rows rows;
  for (const Operation operation :
       {Operation::add_keep_norm, Operation::rotate}) {
    INFO(name_of(operation));
    const at::Tensor found = rows.under(operation);
    for (std::int64_t i = 0; i < found.size(0); ++i) {
      CHECK(length(row_of(found, i)) ==
            Approx(length(row_of(rows.h, i))).epsilon(1e-12));
    }
  }
}

TEST_CASE("an angle is turned towards the vector, and beyond it",
          "[jobs][operations]") {
  // h along the first axis, v at 60 degrees, and as long as it likes.
  const at::Tensor h = numbers({2, 0, 0}).expand({5, 3});
  const at::Tensor v = numbers({0.5, std::sqrt(0.75), 0}).mul(9).expand({5, 3});
  const at::Tensor found =
      operated(Operation::rotate, h, v, numbers({30, 60, 90, -90, 180}));
  const auto is = [&](std::int64_t row, const Row& wanted) {
    return distance(row_of(found, row), wanted) < 1e-14;
  };
  CHECK(is(0, {std::sqrt(3.0), 1, 0}));
  CHECK(is(1, {1, std::sqrt(3.0), 0}));
  CHECK(is(2, {0, 2, 0}));
  CHECK(is(3, {0, -2, 0}));
  CHECK(is(4, {-2, 0, 0}));
}

TEST_CASE("what has no plane is not turned", "[jobs][operations]") {
  at::manual_seed(5);
  const at::Tensor h = at::randn({37}, at::kDouble);
  const at::Tensor across = at::randn({37}, at::kDouble);
  const at::Tensor at_right = across - h * (h.dot(across) / h.dot(h));
  const at::Tensor unit = at_right / at_right.norm() * h.norm();
  const at::Tensor zero = at::zeros({37}, at::kDouble);
  // Parallel, opposed, nearly so, just not so, and of length 0.
  const at::Tensor hs = at::stack({h, h, h, h, h, zero});
  const at::Tensor vs =
      at::stack({3 * h, -h, h + 0.5e-6 * unit, h + 2e-6 * unit, zero, h});
  const at::Tensor found =
      operated(Operation::rotate, hs, vs, numbers({40, 40, 40, 40, 40, 40}));
  for (const std::int64_t i : {0, 1, 2, 4, 5}) {
    CAPTURE(i);
    CHECK(at::equal(found[i], hs[i]));
  }
  CHECK((found[3] - hs[3]).norm().item<double>() >
        0.5 * h.norm().item<double>());
}

TEST_CASE("multiplier 0 and vectors of length 0 change no bit",
          "[jobs][operations]") {
  for (const auto kind : {at::kFloat, at::kDouble}) {
    const Rows rows(kind);
    for (const Operation operation : kOthers) {
      INFO(name_of(operation));
      CHECK(at::equal(
          operated(operation, rows.h, rows.v, at::zeros_like(rows.multipliers)),
          rows.h));
      CHECK(at::equal(
          operated(operation, rows.h, at::zeros_like(rows.v), rows.multipliers),
          rows.h));
    }
  }
}

TEST_CASE("a sum of zero has no length to be kept", "[jobs][operations]") {
  const at::Tensor h = numbers({1, 2, -3}).unsqueeze(0);
  CHECK(at::equal(operated(Operation::add_keep_norm, h, h, numbers({-1})),
                  at::zeros_like(h)));
}

TEST_CASE("what is no number makes none", "[jobs][operations]") {
  at::Tensor h = at::ones({2, 3}, at::kDouble), v = 2 + h;
  v[0][1] = std::numeric_limits<double>::quiet_NaN();
  h[1][2] = std::numeric_limits<double>::infinity();
  v[1][0] = -1;
  for (const Operation operation : kOthers) {
    INFO(name_of(operation));
    const at::Tensor found = operated(operation, h, v, numbers({1, 1}));
    CHECK(found.isfinite().logical_not().any(1).all().item<bool>());
  }
}

TEST_CASE("a row's bits are its own", "[jobs][operations]") {
  for (const auto kind : {at::kFloat, at::kDouble}) {
    const Rows rows(kind);
    const std::int64_t n = rows.h.size(0);
    for (const Operation operation : kOthers) {
      INFO(name_of(operation));
      const tests::Threads one(1);
      const at::Tensor all = rows.under(operation);
      const auto part = [&](std::int64_t first, std::int64_t size) {
        return operated(operation, rows.h.narrow(0, first, size),
                        rows.v.narrow(0, first, size),
                        rows.multipliers.narrow(0, first, size));
      };
      for (std::int64_t i = 0; i < n; i += 7) {
        CHECK(at::equal(part(i, 1), all.narrow(0, i, 1)));
      }
      CHECK(at::equal(part(11, 270), all.narrow(0, 11, 270)));
      CHECK(at::equal(operated(operation, rows.h.flip(0), rows.v.flip(0),
                               rows.multipliers.flip(0)),
                      all.flip(0)));
      for (const int threads : {2, 3}) {
        const tests::Threads several(threads);
        CHECK(at::equal(rows.under(operation), all));
      }
    }
  }
}

TEST_CASE("rows elsewhere give the processor's bits", "[jobs][operations]") {
  const Rows rows(at::kFloat);
  for (const Operation operation : kOthers) {
    INFO(name_of(operation));
    const at::Tensor there =
        operated(operation, rows.h.to(tests::fake_device()),
                 rows.v.to(tests::fake_device()), rows.multipliers);
    CHECK(there.device() == tests::fake_device());
    CHECK(at::equal(there.cpu(), rows.under(operation)));
  }
}
