#include "jobs/decomposition/decompose.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/balanced_signs.hpp"
#include "jobs/steering/resampled_clusters.hpp"
#include "tests/support/toy_decomposition.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

using Fixture = tests::ToyDecomposition;
using tests::dense;

at::Tensor units(const SparseAutoencoder& sae) {
  return sae.W_dec.tensor() / sae.W_dec.tensor().norm(2, {1}, true);
}

}  // namespace

TEST_CASE("every request is taken apart by its own rules",
          "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor codes = dense(result, 8);
  const auto equal = [](const at::Tensor& a, const at::Tensor& b) {
    return at::allclose(a, b, 1e-5, 1e-5);
  };
  CHECK(equal(codes[0], f.encode(at::zeros({8}, at::kDouble), true)));
  CHECK(equal(codes[1], f.encode(f.v(1), true)));
  CHECK(equal(codes[2], f.encode(f.v(1) * 4, true)));
  CHECK(equal(codes[3], f.encode(f.v(0), false)));
  CHECK(equal(codes[7],
              f.encode(f.v(1) * (f.v(0).norm() / f.v(1).norm()), true)));
  // anchored: over the negative prompts' activations.
  const at::Tensor x = f.activations[0][1].select(1, 1);
  const at::Tensor moved = f.sae.encode(x + f.v(0).to(at::kFloat), true);
  CHECK(equal(codes[6], (moved - f.sae.encode(x, true)).mean(0)));
  const at::Tensor rebuilt = to_tensor(result.at("reconstructions"));
  CHECK(equal(rebuilt[1], at::mv(f.sae.W_dec.tensor().t(), codes[1])));
  CHECK(equal(rebuilt[2],
              at::mv(f.sae.W_dec.tensor().t(), codes[2]) + f.sae.b_dec));
  // omp's coefficients are of unit rows.
  CHECK(equal(rebuilt[4], at::mv(units(f.sae).t(), codes[4])));
  CHECK(codes[4].ne(0).sum().item<std::int64_t>() == 4);
}

TEST_CASE("a resampled vector is taken apart as it is", "[jobs][decompose]") {
  Fixture f;
  const storage::Key key = storage::key_of("resample");
  f.task.clusters.resize(2);
  for (int pair = 0; pair < 6; ++pair) {
    f.task.clusters[0].push_back({pair, 0});
    f.task.clusters[1].push_back({pair / 2, pair < 4 ? 1 : -1});
  }
  f.task.vectors.push_back({Control::resampled, 1, -1, key});
  f.task.requests = {{5, "encode", 0, 1, true, false},
                     {5, "omp", 4, 1, true, false}};
  f.task.parts = {{1, Part::all, -1}};
  const auto drawn = decompose(f.task, f.inputs, f.sae).result;

  // The same vector as if it were the behaviour's own.
  const auto counts = resampled_counts(f.task.clusters[1], key);
  const at::Tensor pairs = f.activations[1][1].to(at::kDouble);
  at::Tensor by_hand = at::zeros({8}, at::kDouble);
  for (std::int64_t i = 0; i < 6; ++i) {
    by_hand +=
        (pairs[i][0] - pairs[i][1]) * (counts[static_cast<std::size_t>(i)] / 6);
  }
  CHECK((by_hand - f.v(1)).norm().item<double>() > 0.1);
  f.vectors[1][1].copy_(by_hand);
  f.inputs[1] = {{"vector", to_array(f.vectors[1])}};
  f.task.requests[0].vector = f.task.requests[1].vector = 1;
  const auto own = decompose(f.task, f.inputs, f.sae).result;
  for (const char* name : {"reconstructions", "parts"}) {
    CHECK(at::allclose(to_tensor(drawn.at(name)), to_tensor(own.at(name)), 1e-5,
                       1e-5));
  }
  CHECK(at::allclose(to_tensor(drawn.at("measures")),
                     to_tensor(own.at("measures")), 1e-4, 1e-5));
}

TEST_CASE("a shuffled stand-in is as long as the vector", "[jobs][decompose]") {
  Fixture f;
  const storage::Key key = storage::key_of("shuffle");
  f.task.clusters.resize(2);
  for (int pair = 0; pair < 6; ++pair) {
    f.task.clusters[0].push_back({pair, 0});
    f.task.clusters[1].push_back({pair, 0});
  }
  f.task.vectors.push_back({Control::shuffled, 0, -1, key});
  f.task.requests = {{5, "encode", 0, 1, true, false}};
  f.task.parts.clear();
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const auto signs = balanced_signs(f.task.clusters[0], key);
  const at::Tensor pairs = f.activations[0][1].to(at::kDouble);
  at::Tensor by_hand = at::zeros({8}, at::kDouble);
  for (std::int64_t i = 0; i < 6; ++i) {
    by_hand += (pairs[i][0] - pairs[i][1]) * signs[static_cast<std::size_t>(i)];
  }
  by_hand *= f.v(0).norm() / by_hand.norm();
  CHECK(at::allclose(dense(result, 1)[0], f.encode(by_hand, true), 1e-4, 1e-4));
}

TEST_CASE("parts add up to what they are parts of", "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor parts = to_tensor(result.at("parts"));
  const at::Tensor codes = dense(result, 8)[4];
  const at::Tensor U = units(f.sae);
  const auto equal = [](const at::Tensor& a, const at::Tensor& b) {
    return at::allclose(a, b, 1e-5, 1e-5);
  };
  CHECK(equal(parts[0], to_tensor(result.at("reconstructions"))[4]));
  CHECK(equal(parts[1], at::mv(U.t(), codes.clamp_min(0))));
  CHECK(equal(parts[1] + parts[2], parts[0]));
  CHECK(equal(parts[3], -parts[2]));
  const at::Tensor order = codes.abs().argsort(-1, true);
  const auto atom = [&](std::int64_t rank) {
    const at::Tensor j = order[rank];
    return U[j.item<std::int64_t>()] * codes[j.item<std::int64_t>()];
  };
  CHECK(equal(parts[4], atom(0) + atom(1)));
  CHECK(equal(parts[5], atom(0)));
  CHECK(equal(parts[5] + parts[6], parts[0]));
  CHECK(equal(parts[4] + parts[7], parts[0]));
  // What the vector is without them.
  const at::Tensor v = f.v(0).to(at::kFloat);
  CHECK(equal(parts[8] + parts[0], v));
  CHECK(equal(parts[9] + parts[5], v));
  CHECK_FALSE(equal(parts[9], parts[6]));
}

TEST_CASE("what is left of a vector that is taken apart exactly is nothing",
          "[jobs][decompose]") {
  Fixture f;
  // Eight atoms of eight dimensions, and more than there are.
  f.task.requests = {{0, "omp", 8, 1, true, false}};
  f.task.parts = {{0, Part::all, -1},
                  {0, Part::residual, -1},
                  {0, Part::minus_atom, 0},
                  {0, Part::minus_atom, 100}};
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor parts = to_tensor(result.at("parts"));
  CHECK(at::allclose(parts[0], f.v(0).to(at::kFloat), 1e-4, 1e-4));
  CHECK(parts[1].count_nonzero().item<std::int64_t>() == 0);
  CHECK(parts[2].count_nonzero().item<std::int64_t>() > 0);
  // There is no such atom.
  CHECK(at::allclose(parts[3], f.v(0).to(at::kFloat), 1e-6, 1e-6));
}

TEST_CASE("b_dec is part of the whole where the request says so, of no part",
          "[jobs][decompose]") {
  Fixture f;
  f.task.parts = {{2, Part::all, -1}, {2, Part::first, 1000}};
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor parts = to_tensor(result.at("parts"));
  CHECK(at::allclose(parts[0], to_tensor(result.at("reconstructions"))[2]));
  CHECK(at::allclose(parts[0] - parts[1], f.sae.b_dec, 1e-4, 1e-4));
}

TEST_CASE("a planted vector is known again, others have no known answer",
          "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor truth = to_tensor(result.at("truth"));
  CHECK(truth[5][0].item<std::int64_t>() == 3);
  CHECK(truth[5][1].item<std::int64_t>() <= 3);
  CHECK(truth[5][2].item<std::int64_t>() <= truth[5][1].item<std::int64_t>());
  CHECK(truth[1].eq(-1).all().item<bool>());
  // Its length is the vector's that it stands in for: |v - v_hat| is known.
  CHECK(at::equal(
      to_tensor(
          decompose(f.task, f.inputs, f.sae).result.at("reconstructions")),
      to_tensor(result.at("reconstructions"))));
}

TEST_CASE("measures follow their definitions", "[jobs][decompose]") {
  const Fixture f;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor measures = to_tensor(result.at("measures"));
  const at::Tensor v_hat =
      to_tensor(result.at("reconstructions")).to(at::kDouble)[1];
  const at::Tensor v = f.v(1);
  const auto norm = [](const at::Tensor& x) { return x.norm().item<double>(); };
  CHECK(measures[1][0].item<double>() == Approx(norm(v_hat)));
  CHECK(measures[1][1].item<double>() == Approx(norm(v_hat) / norm(v)));
  CHECK(measures[1][2].item<double>() ==
        Approx(v.dot(v_hat).item<double>() / norm(v) / norm(v_hat))
            .epsilon(1e-5));
  CHECK(measures[1][3].item<double>() ==
        Approx(1 - std::pow(norm(v - v_hat) / norm(v), 2)).epsilon(1e-5));
  CHECK(measures[1][4].item<double>() ==
        Approx(v.dot(v - v_hat).item<double>() / norm(v) / norm(v - v_hat))
            .epsilon(1e-5));
  const at::Tensor on_encoder =
      at::mv(f.sae.W_enc.tensor().t(), v.to(at::kFloat));
  CHECK(measures[1][5].item<double>() ==
        on_encoder.lt(0).sum().to(at::kDouble).item<double>());
  CHECK(measures[1][6].item<double>() == at::mv(units(f.sae), v.to(at::kFloat))
                                             .lt(0)
                                             .sum()
                                             .to(at::kDouble)
                                             .item<double>());
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
  const at::Tensor codes = f.encode(f.v(1), true);
  const auto best = codes.argmax().item<std::int64_t>();
  CHECK(features[1][0].item<std::int64_t>() == best);
  CHECK(facts[1][0][0].item<double>() ==
        Approx(codes[best].item<double>()).epsilon(1e-6));
  CHECK(facts[1][0][0].item<double>() >= facts[1][1][0].item<double>());
  // For a feature that is active, <v, E_j> = z_j - bias terms.
  const double bias = (f.sae.b_enc[best] -
                       f.sae.b_dec.dot(f.sae.W_enc.tensor().select(1, best)))
                          .item<double>();
  CHECK(facts[1][0][1].item<double>() ==
        Approx(codes[best].item<double>() - bias).epsilon(1e-4));
  // Four times the vector, four times the projections.
  CHECK(facts[2][0][1].item<double>() ==
        Approx(4 * f.v(1)
                       .dot(f.sae.W_enc.tensor()
                                .select(1, features[2][0].item<std::int64_t>())
                                .to(at::kDouble))
                       .item<double>())
            .epsilon(1e-4));
}

TEST_CASE("features that fire differently on x+ and x- are ranked",
          "[jobs][decompose]") {
  Fixture f;
  f.task.n_differences = 16;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  const at::Tensor features = to_tensor(result.at("difference_features"))[1];
  const at::Tensor facts = to_tensor(result.at("differences"))[1];
  const auto mean = [&](std::int64_t side) {
    return f.sae.encode(f.activations[1][1].select(1, side).contiguous(), true)
        .to(at::kDouble)
        .mean(0);
  };
  const at::Tensor difference = mean(0) - mean(1);
  const auto n = difference.ne(0).sum().item<std::int64_t>();
  CHECK(features.ge(0).sum().item<std::int64_t>() == n);
  for (std::int64_t rank = 0; rank < n; ++rank) {
    const auto j = features[rank].item<std::int64_t>();
    CHECK((facts[rank][0] - facts[rank][1]).item<double>() ==
          Approx(difference[j].item<double>()).epsilon(1e-5).margin(1e-6));
    CHECK(facts[rank][4].item<double>() ==
          Approx(f.encode(f.v(1), true)[j].item<double>()).epsilon(1e-5));
    if (rank > 0) {
      CHECK(std::abs((facts[rank][0] - facts[rank][1]).item<double>()) <=
            std::abs((facts[rank - 1][0] - facts[rank - 1][1]).item<double>()));
    }
  }
  const at::Tensor cosines = to_tensor(result.at("difference_cosines"))[1];
  CHECK(cosines[0][0].item<double>() == Approx(1));
  const at::Tensor U = units(f.sae);
  CHECK(cosines[0][1].item<double>() ==
        Approx(U[features[0].item<std::int64_t>()]
                   .dot(U[features[1].item<std::int64_t>()])
                   .item<double>())
            .margin(1e-6));
}

TEST_CASE("features that the vector turns on are ranked, with what pairs have",
          "[jobs][decompose]") {
  Fixture f;
  f.task.n_differences = 16;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  for (const std::int64_t b : {0, 1}) {
    const at::Tensor features = to_tensor(result.at("active_features"))[b];
    const at::Tensor facts = to_tensor(result.at("active"))[b];
    const at::Tensor cosines = to_tensor(result.at("active_cosines"))[b];
    const at::Tensor different = to_tensor(result.at("difference_features"))[b];
    const at::Tensor v = f.v(static_cast<std::size_t>(b));
    const at::Tensor W_enc = f.sae.W_enc.tensor().to(at::kDouble);
    const at::Tensor U = units(f.sae).to(at::kDouble);
    const auto codes_of = [&](const at::Tensor& x) {
      const at::Tensor z =
          at::mm((x - f.sae.b_dec).to(at::kDouble), W_enc) + f.sae.b_enc;
      return z * z.gt(f.sae.threshold);
    };
    const auto side = [&](std::int64_t which) {
      return codes_of(
          f.activations[static_cast<std::size_t>(b)][1].select(1, which));
    };
    const at::Tensor code = codes_of(v.unsqueeze(0))[0];
    const auto n = code.gt(0).sum().item<std::int64_t>();
    REQUIRE(n > 2);
    CHECK(features.ge(0).sum().item<std::int64_t>() == n);
    const std::vector<at::Tensor> expected{
        code,
        codes_of(at::zeros({1, 8}, at::kDouble))[0],
        side(0).mean(0),
        side(1).mean(0),
        side(0).gt(0).to(at::kDouble).mean(0),
        side(1).gt(0).to(at::kDouble).mean(0),
        at::mv(W_enc.t(), v),
        at::mv(U, v)};
    const auto k = different.ge(0).sum().item<std::int64_t>();
    for (std::int64_t rank = 0; rank < n; ++rank) {
      const auto j = features[rank].item<std::int64_t>();
      for (std::size_t fact = 0; fact < expected.size(); ++fact) {
        CHECK(facts[rank][static_cast<std::int64_t>(fact)].item<double>() ==
              Approx(expected[fact][j].item<double>())
                  .epsilon(1e-5)
                  .margin(1e-5));
      }
      if (rank > 0) CHECK((facts[rank][0] <= facts[rank - 1][0]).item<bool>());
      CHECK(at::allclose(
          cosines[rank].narrow(0, 0, k).to(at::kDouble),
          at::mv(U.index_select(0, different.narrow(0, 0, k)), U[j]), 1e-5,
          1e-6));
      CHECK(cosines[rank].isnan().sum().item<std::int64_t>() == 16 - k);
    }
  }
}

TEST_CASE("no more features are ranked than were asked for",
          "[jobs][decompose]") {
  Fixture f;
  f.task.n_differences = 2;
  const auto result = decompose(f.task, f.inputs, f.sae).result;
  CHECK(result.at("active_features").shape == std::vector<std::int64_t>{2, 2});
  CHECK(result.at("active_cosines").shape ==
        std::vector<std::int64_t>{2, 2, 2});
  CHECK(to_tensor(result.at("active_features")).ge(0).all().item<bool>());
}

TEST_CASE("an SAE that does not fit the activations fails the task",
          "[jobs][decompose]") {
  Fixture f;
  f.task.sae.least_explained = 0;
  f.task.behaviour = "refusal";
  CHECK_THROWS_WITH(decompose(f.task, f.inputs, f.sae),
                    Catch::Contains("explained variance") &&
                        Catch::Contains("activations of refusal"));
  const auto fit = storage::doubles(
      decompose(Fixture().task, f.inputs, f.sae).result.at("fit_sums"));
  CHECK(fit.size() == 2 * 5);
  CHECK(fit[0] == 2 * 2 * 6);
  CHECK(fit[1] > fit[2]);  // more is wrong than there is
  CHECK(fit[3] > 0);
}

TEST_CASE("the same numbers come from matrices that are read in blocks",
          "[jobs][decompose]") {
  const Fixture f;
  const auto whole = decompose(f.task, f.inputs, f.sae).result;
  const auto blocks =
      decompose(f.task, f.inputs, stream_sae(f.scratch.file("sae"))).result;
  for (const char* name :
       {"values", "reconstructions", "measures", "parts", "top", "differences",
        "active", "active_cosines", "fit_sums"}) {
    CHECK(at::allclose(to_tensor(whole.at(name)), to_tensor(blocks.at(name)),
                       1e-5, 1e-5, /*equal_nan=*/true));
  }
  CHECK(whole.at("features").bytes == blocks.at("features").bytes);
}

TEST_CASE("an unknown method is refused", "[jobs][decompose]") {
  Fixture f;
  f.task.requests[0].method = "guess";
  CHECK_THROWS_WITH(decompose(f.task, f.inputs, f.sae),
                    Catch::Contains("guess"));
}
