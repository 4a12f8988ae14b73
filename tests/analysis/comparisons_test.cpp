#include "analysis/measures/comparisons.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "analysis/measures/report_source.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

std::vector<double> all(double slope) { return std::vector<double>(8, slope); }

// An original and two whole reconstructions, whose slopes are less on all eight
// items and on seven of them.
storage::Results reconstructed() {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode"),
                            tests::toy_decomposition(0, 1, "omp")};
  add_variant(results, {.slopes = all(4)});
  add_variant(results, {"reconstruction", 0, 3, all(1), 0});
  add_variant(results, {"reconstruction", 0, 3, {3, 3, 3, 3, 3, 3, 3, 5}, 1});
  return results;
}

Comparisons compared(const storage::Results& results) {
  return comparisons(results, steerability(results));
}

}  // namespace

TEST_CASE("whole reconstructions are the main family, by sign flips",
          "[analysis][comparisons]") {
  const Comparisons found = compared(reconstructed());
  CHECK(found.main.n == 2);
  CHECK(found.main.fewest == 8);
  CHECK(found.main.floor == Approx(2.0 / 256));
  CHECK(found.exploratory.n == 0);
  CHECK(name_of(found.of[1].family) == "main");
  // Two of the 256 patterns give a sum as large as eight equal differences; of
  // seven against one sixteen more do.
  CHECK(found.of[1].p == Approx(2.0 / 256));
  CHECK(found.of[2].p == Approx(18.0 / 256));
  // Step down: the larger one against both, two patterns of either; the other
  // against itself.
  CHECK(found.of[1].adjusted == Approx(4.0 / 256));
  CHECK(found.of[2].adjusted == Approx(18.0 / 256));
}

TEST_CASE("parts, other lengths and all else are exploratory",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  results.variants[1].part = 1;
  results.variants[2].norm_rule =
      static_cast<std::int32_t>(storage::NormRule::as_is);
  add_variant(results, {"balanced", 0, 3, all(1)});
  add_variant(results, {"random", 0, 3, all(1), -1, 0});
  const Comparisons found = compared(results);
  CHECK(found.main.n == 0);
  CHECK(std::isnan(found.main.floor));
  CHECK(found.exploratory.n == 3);
  CHECK(found.of[4].family == Family::none);
  CHECK(std::isnan(found.of[4].p));
}

TEST_CASE("a family says how large it is and what its clusters can give",
          "[analysis][comparisons]") {
  CHECK(size_text({80, 6, 20, 2.0 / 64}) ==
        "80 comparisons on 6 to 20 clusters, p at least 0.031 on 6");
  CHECK(size_text({1, 20, 20, 1.0 / 20000}) ==
        "1 comparison on 20 clusters, p at least 0.000050");
}

TEST_CASE("originals' slopes are a family over layers and behaviours",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  add_variant(results, {.layer = 5, .slopes = {1, -1, 1, -1, 1, -1, 1, -1}});
  const Comparisons found = compared(results);
  CHECK(found.slopes.n == 2);
  CHECK(found.of[0].family == Family::slopes);
  CHECK(found.of[0].p == Approx(2.0 / 256));
  CHECK(found.of[0].adjusted == Approx(4.0 / 256));
  // A sum of 0 is as large as nothing.
  CHECK(found.of[3].p == 1);
}

TEST_CASE("what adds nothing, or the same, is not tested",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  add_variant(results, {"zero-reconstruction", 0, 3, all(0), 0});
  results.variants[3].norm = 0;
  storage::Array array{storage::DType::f32, {4, 1}, std::string(16, '\0')};
  // The original's own, encode and omp with the same bytes, nothing.
  const float values[] = {1, 2, 2, 0};
  std::memcpy(array.bytes.data(), values, sizeof values);
  results.arrays["variant_vectors"] = array;
  const Comparisons found = compared(results);
  CHECK(found.main.n == 1);
  CHECK(found.of[2].remark == "same vector as reconstruction (encode)");
  CHECK(std::isnan(found.of[2].p));
  CHECK(found.of[2].family == Family::none);
  CHECK(found.of[3].remark == "adds nothing");
  // A part that comes first in the table is not what a whole one is said to be.
  results.variants[1].part = 1;
  CHECK(compared(results).of[1].remark ==
        "same vector as reconstruction (omp)");
  // As long as its original and along it: the original again.
  std::memcpy(array.bytes.data() + 4, values, sizeof *values);
  results.arrays["variant_vectors"] = array;
  CHECK(compared(results).of[1].remark == "same vector as original");
}

TEST_CASE("too few clusters in common are not compared",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  for (std::size_t i = 0; i < 3; ++i) {
    // The first items of the first reconstruction.
    results.propensity[16 + 2 * i].logit_match = NAN;
  }
  const Comparisons found = compared(results);
  CHECK(std::isnan(found.of[1].p));
  CHECK(found.main.n == 1);
}

TEST_CASE("a behaviour's signs are the same in every sweep",
          "[analysis][comparisons]") {
  // Twenty clusters: signs are drawn.
  const auto p_of = [](std::int32_t behaviour) {
    storage::Results results = tests::toy_steered();
    for (std::int32_t i = 8; i < 20; ++i) {
      results.items.push_back(results.items[0]);
      results.items.back().item = results.items.back().cluster = i;
    }
    results.behaviours[static_cast<std::size_t>(behaviour)].name = {"mine"};
    std::vector<double> slopes;
    for (int i = 0; i < 20; ++i) slopes.push_back(i % 3 == 0 ? -0.7 : 0.9);
    add_variant(results, {.behaviour = behaviour, .slopes = slopes});
    return compared(results).of[0].p;
  };
  CHECK(p_of(0) > 0.01);
  CHECK(p_of(0) == p_of(1));
}

TEST_CASE("an answer's effect is no effect on content",
          "[analysis][comparisons]") {
  // Slopes that follow the answer alone, but for a little: clusters of one
  // answer each.
  storage::Results results = tests::toy_steered();
  for (std::size_t i = 0; i < 8; ++i) {
    results.items[i].matching_answer = i % 2 == 0 ? 1 : -1;
  }
  add_variant(results, {.slopes = {2.1, -2, 1.9, -2.1, 2, -1.9, 2, -2}});
  CHECK(compared(results).of[0].p > 0.5);
  // A content of 0.3 beside it is found, which flips of the whole would hide.
  add_variant(
      results,
      {.layer = 5, .slopes = {2.3, -1.7, 2.35, -1.75, 2.25, -1.65, 2.3, -1.7}});
  CHECK(compared(results).of[1].p < 0.05);
}

TEST_CASE("what the sweep names is the main family",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  add_variant(results, {"reconstruction", 0, 3, all(2), 0});
  results.variants[3].part = static_cast<std::int32_t>(storage::Part::positive);
  add_variant(results, {.layer = 5, .slopes = all(3)});
  const auto compared_by = [&](const ReportChoices& choices) {
    return comparisons(results, steerability(results), choices);
  };
  ReportChoices choices;
  choices.contrasts.values = {"positive"};
  Comparisons found = compared_by(choices);
  CHECK(found.main.n == 1);
  CHECK(found.of[3].family == Family::main);
  CHECK(found.of[1].family == Family::exploratory);
  // Its own p is all that there is to adjust.
  CHECK(found.of[3].adjusted == Approx(2.0 / 256));
  choices = {};
  choices.methods.values = {"omp"};
  found = compared_by(choices);
  CHECK(found.main.n == 1);
  CHECK(found.of[2].family == Family::main);
  CHECK(found.exploratory.n == 2);
  choices = {};
  choices.layers.values = {5};
  found = compared_by(choices);
  CHECK(found.main.n == 0);
  CHECK(found.exploratory.n == 3);
  CHECK(found.slopes.n == 1);
  CHECK(found.of[4].family == Family::slopes);
  CHECK(found.of[4].adjusted == Approx(2.0 / 256));
  CHECK(found.other_slopes.n == 1);
  CHECK(found.of[0].family == Family::other_slopes);
  CHECK(name_of(Family::other_slopes) == "other slopes");
}

TEST_CASE("what was named afterwards takes nothing out of a family",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  add_variant(results, {"balanced", 0, 3, all(1)});
  add_variant(results, {.layer = 5, .slopes = all(3)});
  ReportChoices choices;
  choices.layers = {{3}, true};
  choices.methods = {{"encode"}, true};
  Comparisons found = comparisons(results, steerability(results), choices);
  CHECK(found.slopes.n == 2);
  CHECK(found.other_slopes.n == 0);
  CHECK(found.main.n == 2);
  CHECK(found.exploratory.n == 1);
  // Contrasts are picked out of everything.
  choices.contrasts = {{"balanced"}, true};
  found = comparisons(results, steerability(results), choices);
  CHECK(found.main.n == 3);
  CHECK(found.exploratory.n == 0);
}

TEST_CASE("other operations change no p of the main ones",
          "[analysis][comparisons]") {
  storage::Results results = reconstructed();
  const Comparisons before = compared(results);
  for (std::size_t i = 0; i < 3; ++i) {
    const storage::VariantRow row = results.variants[i];
    add_variant(results, {i == 0 ? "original" : "reconstruction", 0, 3,
                          all(i == 0 ? 4 : 1), row.decomposition});
    results.variants.back().operation = 1;
  }
  const Comparisons found = compared(results);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(found.of[i].family == before.of[i].family);
    CHECK(found.of[i].adjusted == before.of[i].adjusted);
  }
  CHECK(found.of[3].family == Family::other_slopes);
  CHECK(found.of[4].family == Family::exploratory);
  CHECK(found.slopes.n == 1);
  CHECK(found.main.n == 2);
}
