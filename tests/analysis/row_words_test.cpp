#include "analysis/measures/row_words.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

TEST_CASE("variants have the words that sweeps name them by",
          "[analysis][row_words]") {
  using storage::Part;
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  const auto word = [&](const tests::ToyVariant& variant, Part part = Part::all,
                        std::int32_t k = -1) {
    const std::int32_t row = add_variant(results, variant);
    storage::VariantRow& made = results.variants[static_cast<std::size_t>(row)];
    made.part = static_cast<std::int32_t>(part);
    made.part_k = k;
    return row_word(results, made);
  };
  const tests::ToyVariant rebuilt{.source = "reconstruction",
                                  .decomposition = 0};
  CHECK(word({}) == "original");
  CHECK(word(rebuilt) == "reconstruction");
  CHECK(word(rebuilt, Part::positive) == "positive");
  CHECK(word(rebuilt, Part::first, 16) == "first:16");
  CHECK(word({.source = "zero-reconstruction", .decomposition = 0}) ==
        "zero-reconstruction");
  CHECK(word({.source = "zero-reconstruction", .decomposition = 0},
             Part::positive)
            .empty());
  CHECK(word({.source = "shuffled", .seed = 0}) == "shuffled-stretched");
  CHECK(word({.source = "shuffled",
              .seed = 0,
              .norm_rule = storage::NormRule::as_is}) == "shuffled");
  CHECK(word({.source = "balanced"}) == "balanced");
  CHECK(word({.source = "resampled", .resample = 0}).empty());
}
