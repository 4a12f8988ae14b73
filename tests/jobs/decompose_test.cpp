#include "jobs/decomposition/decompose.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "jobs/tensor_array.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

struct Fixture {
  Fixture() {
    tests::write_toy_sae(scratch.file("sae"), 8, 16);
    sae = load_sae(scratch.file("sae"));
    at::manual_seed(2);
    vectors = at::randn({2, 8}, at::kDouble) * 2;
    inputs = {{{"vector", to_array(vectors)}}};
    task.top = 3;
    task.requests = {{-1, 0, "encode", 1, true, false},
                     {0, 1, "encode", 1, true, false},
                     {0, 1, "encode", 4, true, true},
                     {0, 0, "encode", 1, false, false}};
  }
  tests::Scratch scratch;
  SparseAutoencoder sae;
  at::Tensor vectors;
  std::vector<storage::ArrayMap> inputs;
  DecomposeTask task;
};

}  // namespace

TEST_CASE("every request is taken apart by its own rules",
          "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const auto get = [&](const char* name) { return to_tensor(result.at(name)); };
  const at::Tensor v = f.vectors.to(at::kFloat);
  const at::Tensor expected =
      at::cat({f.sae.encode(at::zeros({1, 8}, at::kFloat), true),
               f.sae.encode(v.narrow(0, 1, 1), true),
               f.sae.encode(v.narrow(0, 1, 1) * 4, true),
               f.sae.encode(v.narrow(0, 0, 1), false)});
  // Sparse codes rebuild the dense ones.
  at::Tensor dense = at::zeros_like(expected);
  const at::Tensor offsets = get("offsets");
  for (std::int64_t i = 0; i < 4; ++i) {
    for (auto j = offsets[i].item<std::int64_t>();
         j < offsets[i + 1].item<std::int64_t>(); ++j) {
      dense[i][get("features")[j]] = get("values")[j];
    }
  }
  CHECK(at::allclose(dense, expected, 1e-6, 1e-6));
  at::Tensor rebuilt = f.sae.decode(expected, false);
  rebuilt[2] += f.sae.b_dec;
  CHECK(at::allclose(get("reconstructions"), rebuilt, 1e-5, 1e-5));
}

TEST_CASE("measures follow their definitions", "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor measures = to_tensor(result.at("measures"));
  const at::Tensor rebuilt =
      to_tensor(result.at("reconstructions")).to(at::kDouble);
  const at::Tensor v = f.vectors[1];
  const at::Tensor v_hat = rebuilt[1];
  const auto norm = [](const at::Tensor& x) { return x.norm().item<double>(); };
  CHECK(measures[1][0].item<double>() == Approx(norm(v_hat)));
  CHECK(measures[1][1].item<double>() == Approx(norm(v_hat) / norm(v)));
  CHECK(measures[1][2].item<double>() ==
        Approx(v.dot(v_hat).item<double>() / norm(v) / norm(v_hat))
            .epsilon(1e-5));
  CHECK(measures[1][3].item<double>() ==
        Approx(1 - std::pow(norm(v - v_hat) / norm(v), 2)).epsilon(1e-5));
  const at::Tensor on_encoder =
      at::mv(f.sae.W_enc.t().to(at::kDouble), v.to(at::kFloat).to(at::kDouble));
  CHECK(measures[1][5].item<double>() ==
        on_encoder.lt(0).sum().to(at::kDouble).item<double>());
  // The zero vector has no direction to compare with.
  CHECK(std::isnan(measures[0][2].item<double>()));
  CHECK(std::isnan(measures[0][3].item<double>()));
}

TEST_CASE("the strongest features come first, with their projections",
          "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor features = to_tensor(result.at("top_features"));
  const at::Tensor facts = to_tensor(result.at("top"));
  const at::Tensor codes =
      f.sae.encode(f.vectors.to(at::kFloat).narrow(0, 1, 1), true)[0];
  const auto best = codes.argmax().item<std::int64_t>();
  CHECK(features[1][0].item<std::int64_t>() == best);
  CHECK(facts[1][0][0].item<double>() ==
        Approx(codes[best].item<double>()).epsilon(1e-6));
  CHECK(facts[1][0][0].item<double>() >= facts[1][1][0].item<double>());
  // For a feature that is active, <v, E_j> = z_j - bias terms.
  const double bias =
      (f.sae.b_enc[best] - f.sae.b_dec.dot(f.sae.W_enc.select(1, best)))
          .item<double>();
  CHECK(facts[1][0][1].item<double>() ==
        Approx(codes[best].item<double>() - bias).epsilon(1e-4));
}

TEST_CASE("an unknown method is refused", "[jobs][decompose]") {
  Fixture f;
  f.task.requests[0].method = "guess";
  CHECK_THROWS_WITH(decompose(f.task, f.inputs, f.sae),
                    Catch::Contains("guess"));
}
