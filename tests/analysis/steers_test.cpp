#include "analysis/measures/steers.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

Verdict first_verdict(const storage::Results& results) {
  return verdicts(results, steerability(results)).at(0);
}

storage::Results with_original(double slope) {
  storage::Results results = tests::toy_steered();
  std::vector<double> slopes;
  for (int i = 0; i < 8; ++i) slopes.push_back(slope + (i % 2 ? 0.1 : -0.1));
  add_variant(results, {.slopes = slopes});
  return results;
}

void add_seeds(storage::Results& results, const char* source,
               const std::vector<double>& slopes,
               storage::NormRule rule = storage::NormRule::equal) {
  std::int32_t seed = 0;
  for (const double slope : slopes) {
    add_variant(results, {.source = source,
                          .slopes = std::vector<double>(8, slope),
                          .seed = seed++,
                          .norm_rule = rule});
  }
}

}  // namespace

TEST_CASE("what leaves 0 and the noise steers", "[analysis][steers]") {
  storage::Results results = with_original(1);
  // 0 +- t(0.975, 4) rms = 2.776 x 0.158: 1 is outside.
  tests::add_weak_noise(results);
  CHECK(first_verdict(results).steers == Steers::yes);
  CHECK(first_verdict(results).reason.empty());
  // Every variant has its original's verdict.
  CHECK(verdicts(results, steerability(results)).back().steers == Steers::yes);
  CHECK(name_of(Steers::yes) == "yes");
}

TEST_CASE("without noise, clusters or an original nothing is known",
          "[analysis][steers]") {
  CHECK(first_verdict(with_original(1)).steers == Steers::unknown);
  CHECK(first_verdict(with_original(1)).reason == "no noise steered");
  storage::Results few = tests::toy_steered();
  add_variant(few, {.slopes = {1, 1, 1, 1}});
  tests::add_weak_noise(few);
  CHECK(first_verdict(few).steers == Steers::unknown);
  CHECK(first_verdict(few).reason == "too few clusters (4)");
  storage::Results none = tests::toy_steered();
  tests::add_weak_noise(none);
  CHECK(first_verdict(none).reason == "no original");
  storage::Results missing = tests::toy_steered();
  add_variant(missing, {.slopes = {NAN, NAN}});
  CHECK(first_verdict(missing).reason == "not measured");
}

TEST_CASE("an interval with 0 in it does not steer", "[analysis][steers]") {
  storage::Results results = with_original(0.05);
  tests::add_weak_noise(results);
  CHECK(first_verdict(results).steers == Steers::no);
  CHECK(first_verdict(results).reason == "interval includes 0");
}

TEST_CASE("each kind of noise has to be left", "[analysis][steers]") {
  storage::Results results = with_original(1);
  tests::add_weak_noise(results);
  add_seeds(results, "covariance", {0.5, -0.6, 0.7, -0.4});
  CHECK(first_verdict(results).steers == Steers::no);
  CHECK(first_verdict(results).reason == "within covariance noise");
}

TEST_CASE("shuffled labels at their own length decide, stretched ones do not",
          "[analysis][steers]") {
  storage::Results results = with_original(1);
  tests::add_weak_noise(results);
  add_seeds(results, "shuffled", {0.5, 1.5, 0.8});
  CHECK(first_verdict(results).steers == Steers::yes);
  add_seeds(results, "shuffled", {0.5, 1.5, 0.8}, storage::NormRule::as_is);
  CHECK(first_verdict(results).steers == Steers::no);
  CHECK(first_verdict(results).reason == "within shuffled noise");
}

TEST_CASE("one seed of shuffled labels has no band to leave",
          "[analysis][steers]") {
  storage::Results results = with_original(1);
  add_seeds(results, "shuffled", {0.9}, storage::NormRule::as_is);
  CHECK(first_verdict(results).reason == "no noise steered");
}
