#include "runner/sweep/sweep_variants.hpp"

#include <catch2/catch.hpp>

#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using tests::parse;
using tests::refusal;
using tests::replaced;
using Source = jobs::VariantSource;

namespace {

const VariantKind kStretched{Source::shuffled, true};

// The minimal sweep at two layers, with these lines in [steer].
std::string steered(const std::string& lines) {
  std::string text = replaced("[steer]", "[steer]\n" + lines);
  const std::string one = "\nlayers = [2]";
  return text.replace(text.find(one), one.size(), "\nlayers = [1, 2]");
}

// Of a sweep with an SAE at a steered layer, resampled vectors and what
// [steer] says besides.
std::string resampled(const std::string& steer, const std::string& resample,
                      const std::string& methods) {
  std::string text = replaced("[steer]", "resample = " + resample + R"(
[[sae]]
id = "s"
source = "sae"
layer = 2
[decompose]
methods = )" + methods + "\n[steer]\n" + steer);
  return text;
}

}  // namespace

TEST_CASE("kinds of noise have the seeds of all unless they say",
          "[runner][sweep_variants]") {
  const Sweep sweep = parse(steered(
      R"(variants = ["original", "shuffled", "random", "shuffled-stretched"]
random = 3
noise = { random = 20, covariance = { layers = [2] } })"));
  CHECK(sweep.steer.variants == std::vector<VariantKind>{{Source::original},
                                                         {Source::shuffled},
                                                         {Source::random},
                                                         kStretched});
  const std::vector<int> all = sweep.steer.layers;
  const std::vector<NoiseEntry> noise = noise_of(sweep.steer);
  CHECK(noise == std::vector<NoiseEntry>{{{Source::random}, 20, all},
                                         {{Source::covariance}, 3, {2}},
                                         {{Source::shuffled}, 3, all},
                                         {kStretched, 3, all}});
  CHECK(steers_with(sweep, Source::covariance));
  CHECK(steers_with_pairs(sweep));
  CHECK_FALSE(steers_with(sweep, Source::other));
  CHECK_FALSE(steers_with_pairs(parse(steered("noise = { random = 2 }"))));
  CHECK(parse(sweep.effective).effective == sweep.effective);
  CHECK(noise_of(parse(sweep.effective).steer) == noise);
}

TEST_CASE("a kind of noise says its seeds and layers",
          "[runner][sweep_variants]") {
  const Sweep sweep = parse(steered(
      "noise = { shuffled = { seeds = 20, layers = { from = 1, to = 2 } }, "
      "shuffled-stretched = { seeds = 5, layers = \"all\" } }"));
  CHECK(noise_of(sweep.steer) ==
        std::vector<NoiseEntry>{{{Source::shuffled}, 20, {1, 2}},
                                {kStretched, 5, sweep.steer.layers}});
  CHECK(sweep.steer.variants == std::vector<VariantKind>{{Source::original}});
}

TEST_CASE("what says nothing of noise is spelled out as it was",
          "[runner][sweep_variants]") {
  const Sweep sweep = parse(steered("variants = [\"original\", \"shuffled\"]"));
  CHECK(sweep.effective.find("noise") == std::string::npos);
  CHECK(sweep.effective.find("resampled_methods") == std::string::npos);
  CHECK_THAT(sweep.effective,
             Catch::Contains("variants = [ 'original', 'shuffled' ]") ||
                 Catch::Contains("variants = [ \"original\", \"shuffled\" ]"));
}

TEST_CASE("the command line changes one kind of noise or all",
          "[runner][sweep_variants]") {
  const std::string text =
      steered("noise = { random = 20, shuffled = { seeds = 4 } }");
  const auto noise = [&](const std::string& option) {
    return noise_of(parse(text, {{option}, {}}).steer);
  };
  const std::vector<int> all = parse(text).steer.layers;
  CHECK(noise("steer.noise.random=2") ==
        std::vector<NoiseEntry>{{{Source::random}, 2, all},
                                {{Source::shuffled}, 4, all}});
  CHECK(noise("steer.noise.shuffled.seeds=2") ==
        std::vector<NoiseEntry>{{{Source::random}, 20, all},
                                {{Source::shuffled}, 2, all}});
  CHECK(noise("steer.noise={covariance=1}") ==
        std::vector<NoiseEntry>{{{Source::covariance}, 1, all}});
}

TEST_CASE("noise that cannot be is refused, with what can",
          "[runner][sweep_variants]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"variants = [\"shuffle\"]", "shuffled, shuffled-stretched, other"},
      {"variants = [\"resampled\"]", "[vector] resample = N"},
      {"noise = { shuffle = 2 }",
       "steer.noise.shuffle: unknown key; did you mean steer.noise.shuffled?"},
      {"noise = { other = 2 }", "steer.noise.other: unknown key"},
      {"noise = { random = 0 }", "steer.noise.random: 0, expected an integer"},
      {"noise = { random = \"many\" }", "steer.noise.random: a string"},
      {"noise = { random = { seed = 2 } }",
       "did you mean steer.noise.random.seeds?"},
      {"noise = { random = { seeds = 20000 } }",
       "steer.noise.random.seeds: 20000, expected an integer from 1 to 10000"},
      {"noise = { random = { layers = [7] } }",
       "steer.noise.random.layers: 7, expected of those of [steer]"},
      {"noise = { random = { layers = \"some\" } }",
       "steer.noise.random.layers: a string"},
      {"noise = 3", "steer.noise: an integer, expected a table"},
  };
  for (const auto& [line, expected] : cases) {
    INFO(line);
    CHECK_THAT(refusal(steered(line)), Catch::Contains(expected));
  }
}

TEST_CASE("methods for resampled vectors are some of those that rebuild",
          "[runner][sweep_variants]") {
  const std::string both =
      "variants = [\"original\", \"reconstruction\"]\n"
      "methods = [\"encode\", \"omp:4\", \"anchored\"]\n";
  const std::string methods = "[\"encode\", \"omp:4\", \"anchored\"]";
  const Sweep sweep =
      parse(resampled(both + "resampled_methods = [\"omp:4\"]", "3", methods));
  REQUIRE(sweep.steer.resampled_methods.size() == 1);
  CHECK(spelling(sweep.steer.resampled_methods[0]) == "omp:4");
  CHECK(parse(sweep.effective).effective == sweep.effective);
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {both + "resampled_methods = [\"nnls\"]", "3", "one of [steer] methods"},
      {both + "resampled_methods = [\"guess\"]", "3", "resampled_methods"},
      {both + "resampled_methods = [\"anchored\"]", "3",
       "takes a vector alone"},
      {both + "resampled_methods = [\"omp:4\"]", "0", "[vector] resample = N"},
      {"resampled_methods = [\"encode\"]", "3", "among the variants"},
      {"variants = [\"reconstruction\"]\nresampled_methods = [\"encode\"]", "3",
       "among the variants"},
  };
  for (const auto& [steer, resample, expected] : cases) {
    INFO(steer);
    CHECK_THAT(refusal(resampled(steer, resample, methods)),
               Catch::Contains(expected));
  }
}
