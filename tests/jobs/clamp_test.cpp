#include "jobs/steering/clamp.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "jobs/device/result_tensors.hpp"
#include "jobs/sae/features.hpp"
#include "jobs/task/features_result.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/result_reader.hpp"
#include "tests/support/fake_device.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/threads.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr std::int64_t kWidth = 24, kFeatures = 40, kRows = 300;

SparseAutoencoder some_sae(SaeArchitecture architecture) {
  at::manual_seed(11);
  const auto some = [](at::IntArrayRef shape, double scale) {
    return (scale * at::randn(shape, at::kDouble)).to(at::kFloat);
  };
  SparseAutoencoder sae;
  sae.header.architecture = architecture;
  sae.header.d_in = sae.header.d_out = kWidth;
  sae.header.d_sae = kFeatures;
  sae.W_enc = SaeMatrix(some({kWidth, kFeatures}, 0.3));
  sae.W_dec = SaeMatrix(some({kFeatures, kWidth}, 0.3));
  sae.b_enc = some({kFeatures}, 1);
  sae.b_dec = some({kWidth}, 1);
  sae.threshold = some({kFeatures}, 1);
  sae.b_gate = some({kFeatures}, 1);
  sae.b_mag = some({kFeatures}, 1);
  sae.r_mag = some({kFeatures}, 0.5);
  return sae;
}

// All of it in float64, so that what differs is not rounding.
SparseAutoencoder wide(SparseAutoencoder sae) {
  sae.W_enc = SaeMatrix(sae.W_enc.tensor().to(at::kDouble));
  sae.W_dec = SaeMatrix(sae.W_dec.tensor().to(at::kDouble));
  for (at::Tensor* one : {&sae.b_enc, &sae.b_dec, &sae.threshold, &sae.b_gate,
                          &sae.b_mag, &sae.r_mag}) {
    *one = one->to(at::kDouble);
  }
  return sae;
}

std::vector<std::int32_t> all_features() {
  std::vector<std::int32_t> all;
  for (std::int32_t i = 0; i < kFeatures; ++i) all.push_back(i);
  return all;
}

// Row i has feature i % kFeatures set to a value of its own.
struct Clamping {
  Clamping(const SparseAutoencoder& sae, bool subtract, at::ScalarType kind) {
    const auto read = read_features({{}, subtract, all_features()}, sae).result;
    const auto gates = read_rows(read, features_result::kGates, "test");
    at::manual_seed(12);
    h = (2 * at::randn({kRows, kWidth}, at::kDouble)).to(kind);
    multipliers = at::randn({kRows}, at::kDouble);
    std::vector<double> some;
    for (std::int64_t i = 0; i < kRows; ++i) {
      feature.push_back(i % kFeatures);
      value.push_back(0.5 * static_cast<double>(i % 7));
      const auto numbers = numbers_of(
          {{}, gates[static_cast<std::size_t>(i % kFeatures)], value.back()});
      some.insert(some.end(), numbers.begin(), numbers.end());
    }
    const at::Tensor places = at::tensor(feature, at::kLong);
    const auto rows = [&](NumbersOf<float> which) {
      return tensor_of(read, which, "test").index_select(0, places).to(kind);
    };
    vectors = rows(features_result::kDecoder);
    features = {rows(features_result::kEncoder),
                at::tensor(some, at::kDouble).view({kRows, -1})};
  }

  at::Tensor done() const { return clamped(h, vectors, multipliers, features); }

  at::Tensor h, vectors, multipliers;
  FeatureRows features;
  std::vector<std::int64_t> feature;
  std::vector<double> value;
};

}  // namespace

TEST_CASE("clamping sets a feature's code and keeps the SAE's error",
          "[jobs][clamp]") {
  for (const SaeArchitecture architecture :
       {SaeArchitecture::standard, SaeArchitecture::jump_relu,
        SaeArchitecture::gated}) {
    for (const bool subtract : {false, true}) {
      INFO(name_of(architecture) << subtract);
      const SparseAutoencoder sae = some_sae(architecture);
      Clamping how(sae, subtract, at::kDouble);
      how.multipliers.fill_(1);
      const SparseAutoencoder in_float64 = wide(sae);
      // As one does it with the SAE as a whole: codes, one of them another,
      // decoded, and what the SAE had not explained.
      at::Tensor codes = in_float64.encode(how.h, subtract);
      const at::Tensor error = how.h - in_float64.decode(codes, true);
      std::int64_t firing = 0;
      for (std::int64_t i = 0; i < kRows; ++i) {
        const auto place = static_cast<std::size_t>(i);
        at::Tensor code = codes[i][how.feature[place]];
        firing += code.item<double>() > 0 ? 1 : 0;
        code.fill_(how.value[place]);
      }
      const at::Tensor expected = in_float64.decode(codes, true) + error;
      CHECK((how.done() - expected).abs().max().item<double>() < 1e-10);
      CHECK(firing > kRows / 10);
      CHECK(firing < kRows * 9 / 10);
    }
  }
}

TEST_CASE("a multiplier is the share of the way, and 0 the identity",
          "[jobs][clamp]") {
  Clamping how(some_sae(SaeArchitecture::jump_relu), true, at::kDouble);
  const at::Tensor multipliers = how.multipliers;
  how.multipliers = at::ones_like(multipliers);
  const at::Tensor whole = how.done() - how.h;
  how.multipliers = multipliers;
  CHECK((how.done() - how.h - multipliers.unsqueeze(1) * whole)
            .abs()
            .max()
            .item<double>() < 1e-12);
  how.multipliers = at::zeros_like(multipliers);
  CHECK(at::equal(how.done(), how.h));
}

TEST_CASE("a feature that does not fire is not taken out", "[jobs][clamp]") {
  const SparseAutoencoder sae = some_sae(SaeArchitecture::jump_relu);
  Clamping how(sae, false, at::kDouble);
  how.multipliers.fill_(1);
  how.features.numbers.select(1, 4).fill_(0);
  const at::Tensor moved = (how.done() - how.h).abs().amax(1);
  const at::Tensor codes = wide(sae).encode(how.h, false);
  for (std::int64_t i = 0; i < kRows; ++i) {
    const bool fires =
        codes[i][how.feature[static_cast<std::size_t>(i)]].item<double>() > 0;
    CHECK((moved[i].item<double>() > 0) == fires);
  }
}

TEST_CASE("clamped rows are rounded once, and are what they are alone",
          "[jobs][clamp]") {
  const Clamping how(some_sae(SaeArchitecture::gated), true, at::kFloat);
  const at::Tensor found = how.done();
  CHECK(found.scalar_type() == at::kFloat);
  const auto double_of = [](const at::Tensor& one) {
    return one.to(at::kDouble);
  };
  CHECK(at::equal(
      found, clamped(double_of(how.h), double_of(how.vectors), how.multipliers,
                     {double_of(how.features.encoders), how.features.numbers})
                 .to(at::kFloat)));
  for (const std::int64_t first : {0, 7, 255, 256, 299}) {
    for (const std::int64_t n : {1, 2, 3}) {
      if (first + n > kRows) continue;
      const auto some = [&](const at::Tensor& all) {
        return all.narrow(0, first, n);
      };
      CHECK(at::equal(
          some(found),
          clamped(some(how.h), some(how.vectors), some(how.multipliers),
                  {some(how.features.encoders), some(how.features.numbers)})));
    }
  }
  const tests::Threads two(2);
  CHECK(at::equal(found, how.done()));
}

TEST_CASE("clamping takes nothing of the processor's on another device",
          "[jobs][clamp]") {
  const Clamping how(some_sae(SaeArchitecture::standard), true, at::kDouble);
  const at::Device device = tests::fake_device();
  const at::Tensor there =
      clamped(how.h.to(device), how.vectors.to(device), how.multipliers,
              {how.features.encoders.to(device), how.features.numbers});
  CHECK(there.device() == device);
  CHECK(at::equal(there.cpu(), how.done()));
}

TEST_CASE("clamped rows are those of SAELens, of its own SAEs",
          "[jobs][clamp]") {
  const std::string folder = COXSWAIN_SOURCE_DIR "/tests/data/";
  const auto golden =
      nlohmann::json::parse(tests::read_file(folder + "clamped.json"));
  const auto rows_of = [](const nlohmann::json& rows) {
    std::vector<at::Tensor> all;
    for (const auto& row : rows) {
      all.push_back(at::tensor(row.get<std::vector<double>>(), at::kDouble));
    }
    return at::stack(all);
  };
  CHECK(golden.size() == 3);
  for (const auto& [name, one] : golden.items()) {
    const SparseAutoencoder sae = load_sae(folder + "reference/saes/" + name);
    const at::Tensor x = rows_of(one.at("x"));
    for (const auto& how : one.at("cases")) {
      INFO(name << how.at("feature") << how.at("value"));
      const auto read = read_features({{},
                                       sae.header.b_dec_input,
                                       {how.at("feature").get<std::int32_t>()}},
                                      sae)
                            .result;
      const auto each = [&](NumbersOf<float> which) {
        return tensor_of(read, which, "test").to(at::kDouble).expand_as(x);
      };
      const auto numbers =
          numbers_of({{},
                      read_rows(read, features_result::kGates, "test").front(),
                      how.at("value").get<double>()});
      const at::Tensor found =
          clamped(x, each(features_result::kDecoder),
                  at::ones({x.size(0)}, at::kDouble),
                  {each(features_result::kEncoder),
                   at::tensor(numbers, at::kDouble).expand({x.size(0), -1})});
      CHECK((found - rows_of(how.at("clamped"))).abs().max().item<double>() <
            1e-10);
    }
  }
}

TEST_CASE("features that are not there are refused", "[jobs][clamp]") {
  const SparseAutoencoder sae = some_sae(SaeArchitecture::standard);
  CHECK_THROWS_WITH(read_features({{}, false, {kFeatures}}, sae),
                    Catch::Contains("40") && Catch::Contains("less than 40"));
  CHECK_THROWS_AS(read_features({{}, false, {-1}}, sae), JobError);
}

TEST_CASE("features that are not read by themselves have decoder rows alone",
          "[jobs][clamp]") {
  SparseAutoencoder sae = some_sae(SaeArchitecture::standard);
  const auto has_gates = [&] {
    const auto read = read_features({{}, false, {0}}, sae).result;
    CHECK(read.contains(features_result::kDecoder.name));
    CHECK(read.contains(features_result::kEncoder.name) ==
          read.contains(features_result::kGates.name));
    return read.contains(features_result::kGates.name);
  };
  CHECK(has_gates());
  for (const auto one :
       {InputNormalisation::layer_norm, InputNormalisation::constant_norm}) {
    sae.header.normalisation = one;
    CHECK_FALSE(has_gates());
    CHECK_THAT(why_not_alone(sae.header), Catch::Contains(name_of(one)));
  }
  sae.header.normalisation = InputNormalisation::none;
  for (const SaeArchitecture architecture :
       {SaeArchitecture::top_k, SaeArchitecture::abs_top_k,
        SaeArchitecture::group_max, SaeArchitecture::matching_pursuit}) {
    sae.header.architecture = architecture;
    CHECK_FALSE(has_gates());
    CHECK_THAT(why_not_alone(sae.header),
               Catch::Contains(name_of(architecture)));
  }
  sae.header.architecture = SaeArchitecture::gated;
  CHECK(has_gates());
  sae.header.transcoder = true;
  CHECK_FALSE(has_gates());
}
