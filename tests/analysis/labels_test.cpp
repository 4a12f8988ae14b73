#include "analysis/measures/labels.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("names say the model where there are several", "[analysis][labels]") {
  storage::Results results = tests::toy_results();
  results.models.resize(1);
  CHECK(behaviour_name(results, 1) == "curt");
  CHECK(sae_name(results, 1) == "early");
  results.models.resize(2);
  results.models[0].name = {"pt"};
  results.models[1].name = {"it"};
  for (auto& row : results.vectors) row.model = row.behaviour;
  results.saes[1].model = 1;
  CHECK(behaviour_name(results, 0) == "kind @ pt");
  CHECK(behaviour_name(results, 1) == "curt @ it");
  CHECK(sae_name(results, 1) == "early @ it");
  CHECK(sae_name(results, 7) == "?");
  CHECK(behaviour_name(results, 7) == "?");
}

TEST_CASE("a variant names its SAE where its layer has several",
          "[analysis][labels]") {
  storage::Results results = tests::toy_results();
  results.models.resize(2);
  storage::DecompositionRow row;
  row.method = 1;
  row.sae = 1;
  results.decompositions = {row};
  storage::VariantRow variant;
  variant.source =
      static_cast<std::int32_t>(storage::VariantSource::reconstruction);
  variant.norm_rule = static_cast<std::int32_t>(storage::NormRule::equal);
  variant.decomposition = 0;
  CHECK(variant_name(results, variant) == "reconstruction (encode)");
  results.saes[0].layer = results.saes[1].layer;
  CHECK(variant_name(results, variant) == "reconstruction (encode, early)");
  results.saes[0].model = 1;
  CHECK(variant_name(results, variant) == "reconstruction (encode)");
}

TEST_CASE("a variant says its dose, and known answers a fixed sign",
          "[analysis][labels]") {
  storage::Results results = tests::toy_results();
  storage::VariantRow variant;
  variant.source = static_cast<std::int32_t>(storage::VariantSource::planted);
  variant.sign_rule =
      static_cast<std::int32_t>(storage::SignRule::matching_letter);
  CHECK(variant_name(results, variant) == "planted");
  variant.sign_rule = static_cast<std::int32_t>(storage::SignRule::fixed);
  CHECK(variant_name(results, variant) == "planted (fixed sign)");
  variant.source = static_cast<std::int32_t>(storage::VariantSource::random);
  variant.dose_rule =
      static_cast<std::int32_t>(storage::DoseRule::residual_fraction);
  variant.seed = 3;
  CHECK(variant_name(results, variant) == "random (residual-fraction) 3");
}

TEST_CASE("a variant says what is done with it, unless it is added",
          "[analysis][labels]") {
  storage::Results results = tests::toy_results();
  storage::VariantRow variant;
  CHECK(variant_name(results, variant) == "original");
  variant.operation =
      static_cast<std::int32_t>(storage::Operation::project_out);
  CHECK(variant_name(results, variant) == "project-out of original");
  variant.source = static_cast<std::int32_t>(storage::VariantSource::random);
  variant.operation = static_cast<std::int32_t>(storage::Operation::rotate);
  variant.seed = 3;
  CHECK(variant_name(results, variant) == "rotate of random 3");
  CHECK(variant_kind(results, variant) == "rotate of random");
}

TEST_CASE("SAEs of a family differ by their layer's number",
          "[analysis][labels]") {
  CHECK(without_layer("layer_15_width_16k", 15) == "layer_L_width_16k");
  CHECK(without_layer("layer_16_width_16k", 16) == "layer_L_width_16k");
  CHECK(without_layer("w_16k_l16", 16) == "w_16k_lL");
  CHECK(without_layer("layer_5_l0_5", 5) == "layer_L_l0_5");
  CHECK(without_layer("layer_15", 5) == "layer_15");
  CHECK(without_layer("toy", 5) == "toy");
}

TEST_CASE("a variant says on which layers it acts together",
          "[analysis][labels]") {
  storage::Results results = tests::toy_results();
  results.vectors.resize(1);
  for (std::int32_t layer = 1; layer < 8; ++layer) {
    results.vectors.push_back(results.vectors[0]);
    results.vectors.back().layer = 2 * layer;
  }
  storage::VariantRow variant;
  variant.vector = 1;
  variant.layer = 2;
  CHECK(layer_name(results, variant) == "layer 2");
  CHECK(variant_name(results, variant) == "original");
  variant.together = 3;
  CHECK(layer_name(results, variant) == "layers 2, 4, 6 together");
  CHECK(variant_name(results, variant) == "original (layers 2, 4, 6 together)");
  variant.together = 7;
  CHECK(layer_name(results, variant) == "7 layers, 2 to 14, together");
}

TEST_CASE("a subset says of how many clusters it is", "[analysis][labels]") {
  const storage::Results results = tests::toy_results();
  storage::VariantRow variant;
  variant.source = static_cast<std::int32_t>(storage::VariantSource::subset);
  variant.train_clusters = 20;
  variant.seed = 1;
  CHECK(variant_name(results, variant) == "subset (20 clusters) 1");
}

TEST_CASE("a feature says its number, its SAE and its value",
          "[analysis][labels]") {
  storage::Results results = tests::toy_results();
  REQUIRE_FALSE(results.saes.empty());
  results.saes[0].name = {"s"};
  storage::VariantRow variant;
  variant.source = static_cast<std::int32_t>(storage::VariantSource::feature);
  variant.sae = 0;
  variant.feature = 191;
  variant.norm_rule = static_cast<std::int32_t>(storage::NormRule::equal);
  CHECK(sae_of(results, variant) == 0);
  CHECK_FALSE(has_own_length(variant));
  CHECK(variant_name(results, variant) == "feature 191 (s)");
  variant.norm_rule = static_cast<std::int32_t>(storage::NormRule::as_is);
  CHECK(has_own_length(variant));
  CHECK(variant_name(results, variant) == "feature 191 (s, own length)");
  variant.operation = static_cast<std::int32_t>(storage::Operation::clamp);
  variant.clamped_to = 2.5;
  CHECK_FALSE(has_own_length(variant));
  // Of another SAE it is another feature, in whatever is one a kind.
  CHECK(variant_kind(results, variant) == "clamp of feature 191 (s, to 2.5)");
}
