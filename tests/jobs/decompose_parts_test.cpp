// What one task has of a sweep, and what it has if a part of it fails.

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/device/tensor_array.hpp"
#include "tests/support/toy_decomposition.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

using Fixture = tests::ToyDecomposition;
using tests::dense;

}  // namespace

TEST_CASE("the zero vector is taken apart without any input",
          "[jobs][decompose_parts]") {
  Fixture f;
  const auto all = decompose(f.task, f.inputs, f.sae).result;
  DecomposeTask zero;
  zero.sae.least_explained = 0;  // of nothing, nothing is demanded
  zero.vectors = {{Control::zero, -1, -1, {}}};
  zero.requests = {f.task.requests[0]};
  zero.requests[0].vector = 0;
  zero.parts = {{0, Part::all, -1}};
  const auto alone = decompose(zero, {}, f.sae).result;
  CHECK(at::equal(dense(alone, 1)[0], dense(all, 8)[0]));
  CHECK(at::equal(to_tensor(alone.at("reconstructions"))[0],
                  to_tensor(all.at("reconstructions"))[0]));
  CHECK(alone.at("differences").shape.at(0) == 0);
  CHECK(storage::doubles(alone.at("fit_sums")) ==
        std::vector<double>(2 * 5, 0));
}

TEST_CASE("a task may ask for nothing but what differs between activations",
          "[jobs][decompose_parts]") {
  Fixture f;
  const auto all = decompose(f.task, f.inputs, f.sae).result;
  f.task.requests.clear();
  f.task.parts.clear();
  const auto none = decompose(f.task, f.inputs, f.sae).result;
  CHECK(none.at("reconstructions").shape == std::vector<std::int64_t>{0, 8});
  CHECK(none.at("difference_features").bytes ==
        all.at("difference_features").bytes);
}

TEST_CASE("a behaviour's task gives what one of all behaviours did",
          "[jobs][decompose_parts]") {
  const Fixture f;
  const auto all = decompose(f.task, f.inputs, f.sae).result;
  // The first behaviour's, with the second's vector for a stand-in.
  DecomposeTask own = f.task;
  own.n_extracts = {1};
  own.vectors = {{Control::none, 0, -1, {}},
                 {Control::other, 0, 2, {}},
                 {Control::sparse, 0, -1, {1, 2}}};
  own.requests = {f.task.requests[3], f.task.requests[4], f.task.requests[5],
                  f.task.requests[6], f.task.requests[7]};
  own.requests[2].vector = 2;
  own.requests[4].vector = 1;
  own.parts = {{1, Part::positive, -1}};
  const auto alone =
      decompose(own, {f.inputs[0], f.inputs[2], f.inputs[1]}, f.sae).result;
  const auto near = [](const at::Tensor& a, const at::Tensor& b) {
    // Other rows share their products.
    return at::allclose(a, b, 1e-5, 1e-6, /*equal_nan=*/true);
  };
  CHECK(near(dense(alone, 5), dense(all, 8).narrow(0, 3, 5)));
  for (const char* name : {"reconstructions", "measures", "truth"}) {
    INFO(name);
    CHECK(near(to_tensor(alone.at(name)).to(at::kDouble),
               to_tensor(all.at(name)).narrow(0, 3, 5).to(at::kDouble)));
  }
  CHECK(near(to_tensor(alone.at("parts"))[0], to_tensor(all.at("parts"))[1]));
  CHECK(near(to_tensor(alone.at("differences"))[0],
             to_tensor(all.at("differences"))[0]));
}

TEST_CASE("a method that fails on a vector costs no other codes",
          "[jobs][decompose_parts]") {
  Fixture f;
  const auto before = decompose(f.task, f.inputs, f.sae).result;
  CHECK_FALSE(before.contains("available"));
  // So long that products with it are infinite in float32.
  f.task.requests.push_back({0, "encode", 0, 1e38, true, false});
  f.task.requests.push_back({1, "anchored", 0, 1e38, true, false});
  f.task.parts.push_back({8, Part::all, -1});
  f.task.parts.push_back({8, Part::positive, -1});
  f.task.parts.push_back({8, Part::residual, -1});
  f.task.parts.push_back({8, Part::minus_atom, 0});
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  CHECK(storage::integers(result.at("available")) ==
        std::vector<std::int64_t>{1, 1, 1, 1, 1, 1, 1, 1, 0, 0});
  CHECK(storage::integers(result.at("parts_available")) ==
        std::vector<std::int64_t>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0});
  const std::string& why = result.at("failures").bytes;
  CHECK_THAT(why, Catch::Contains("codes of the SAE: infinite"));
  CHECK(std::ranges::count(why, '\n') == 2);
  CHECK(at::allclose(dense(result, 8), dense(before, 8), 1e-6, 1e-7));
  const at::Tensor rebuilt = to_tensor(result.at("reconstructions"));
  CHECK(at::allclose(rebuilt.narrow(0, 0, 8),
                     to_tensor(before.at("reconstructions")), 1e-5, 1e-6));
  CHECK(rebuilt.narrow(0, 8, 2).isnan().all().item<bool>());
  CHECK(to_tensor(result.at("parts"))
            .narrow(0, 10, 4)
            .isnan()
            .all()
            .item<bool>());
  CHECK(to_tensor(result.at("offsets"))[8].item<std::int64_t>() ==
        to_tensor(result.at("offsets"))[10].item<std::int64_t>());
}
