#include "analysis/measures/main_places.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

const std::vector<double> kSmall(8, 0.5), kLarge(8, -1);

// The original of "kind" at both layers, with SAEs of those.
storage::Results at_two_layers(const std::vector<std::int32_t>& sae_layers) {
  storage::Results results = tests::toy_steered();
  results.saes.resize(sae_layers.size());
  for (std::size_t i = 0; i < sae_layers.size(); ++i) {
    results.saes[i].layer = sae_layers[i];
  }
  add_variant(results, {.layer = 3, .slopes = kSmall});
  add_variant(results, {.layer = 5, .slopes = kLarge});
  return results;
}

}  // namespace

TEST_CASE("a layer that the sweep gives comes first",
          "[analysis][main_places]") {
  const storage::Results results = at_two_layers({3});
  const ReportSource source = report_source(results);
  const std::vector<MainPlace> places = main_places(source);
  REQUIRE(places.size() == 1);
  CHECK(places[0].original->variant == 0);
  CHECK(places[0].chosen == Chosen::sae);
  CHECK(places[0].candidates == 2);
}

TEST_CASE("else it is that of the largest slope", "[analysis][main_places]") {
  for (const auto& layers : {std::vector<std::int32_t>{3, 5}, {}}) {
    const storage::Results results = at_two_layers(layers);
    const ReportSource source = report_source(results);
    const MainPlace place = main_places(source).at(0);
    CHECK(place.original->variant == 1);
    CHECK(place.chosen == Chosen::largest);
    CHECK(place.candidates == 2);
  }
}

TEST_CASE("a behaviour without slopes has no place",
          "[analysis][main_places]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = kSmall});
  add_variant(results, {.behaviour = 1});
  add_variant(results, {.slopes = kLarge, .resample = 0});
  const ReportSource source = report_source(results);
  const std::vector<MainPlace> places = main_places(source);
  REQUIRE(places.size() == 1);
  CHECK(places[0].chosen == Chosen::only);
}

TEST_CASE("what stands beside an original is whole and as long as it",
          "[analysis][main_places]") {
  storage::Results results = tests::toy_steered();
  tests::add_code(results, tests::toy_decomposition(0, 1, "encode"), {});
  add_variant(results, {.slopes = kLarge});
  const auto add = [&](const char* source, storage::Part part,
                       storage::NormRule rule, double norm) {
    const std::int32_t row = add_variant(results, {.source = source,
                                                   .slopes = kSmall,
                                                   .decomposition = 0,
                                                   .norm_rule = rule});
    results.variants.back().part = static_cast<std::int32_t>(part);
    results.variants.back().norm = norm;
    return row;
  };
  using storage::NormRule;
  using storage::Part;
  const auto whole = add("reconstruction", Part::all, NormRule::equal, 1);
  add("reconstruction", Part::positive, NormRule::equal, 1);
  const auto zero = add("zero-reconstruction", Part::all, NormRule::equal, 1);
  const auto silent = add("reconstruction", Part::all, NormRule::equal, 0);
  ReportSource source = report_source(results);
  MainVariants beside = main_variants(source, source.slopes[0]);
  CHECK_FALSE(beside.own_length);
  add("reconstruction", Part::all, NormRule::as_is, 1);
  const ReportSource longer = report_source(results);
  beside = main_variants(longer, longer.slopes[0]);
  CHECK(beside.own_length);
  REQUIRE(beside.reconstructions.size() == 1);
  CHECK(beside.reconstructions[0]->variant == whole);
  REQUIRE(beside.of_zero.size() == 1);
  CHECK(beside.of_zero[0]->variant == zero);
  REQUIRE(beside.silent.size() == 1);
  CHECK(beside.silent[0]->variant == silent);
  CHECK(decomposition_row(longer, *beside.silent[0]) ==
        results.decompositions.data());
  CHECK(decomposition_row(longer, longer.slopes[0]) == nullptr);
}

TEST_CASE("layers that are named have a place each, in that order",
          "[analysis][main_places]") {
  const storage::Results results = at_two_layers({3});
  ReportChoices choices;
  choices.layers.values = {5, 3, 7};
  const ReportSource source = report_source(results, choices);
  const std::vector<MainPlace> places = main_places(source);
  REQUIRE(places.size() == 2);
  CHECK(places[0].original->variant == 1);
  CHECK(places[1].original->variant == 0);
  for (const MainPlace& place : places) {
    CHECK(place.chosen == Chosen::named);
    CHECK_FALSE(is_selected(place.chosen));
  }
  // What may have been named by its numbers is one of all.
  choices.layers = {{3}, true};
  const ReportSource picked = report_source(results, choices);
  REQUIRE(main_places(picked).size() == 1);
  CHECK(main_places(picked)[0].chosen == Chosen::picked);
  CHECK(main_places(picked)[0].candidates == 2);
  CHECK(picked_from(main_places(picked)[0]) == 2);
  CHECK(picked_from(places[0]) == 1);
  CHECK(is_selected(Chosen::picked));
  CHECK(is_selected(Chosen::largest));
  choices.layers.values = {7};
  CHECK(main_places(report_source(results, choices)).empty());
}

TEST_CASE("methods that are named stand alone, in that order",
          "[analysis][main_places]") {
  storage::Results results = tests::toy_steered();
  results.decompositions.clear();
  add_variant(results, {.slopes = kLarge});
  for (const char* method : {"encode", "omp", "omp"}) {
    results.decompositions.push_back(tests::toy_decomposition(0, 1, method));
    add_variant(results, {.source = "reconstruction",
                          .slopes = kSmall,
                          .decomposition = static_cast<std::int32_t>(
                              results.decompositions.size() - 1)});
  }
  results.decompositions[1].parameter = 4;
  results.decompositions[2].parameter = 32;
  const auto variants = [](const std::vector<const Steerability*>& all) {
    std::vector<std::int32_t> rows;
    for (const Steerability* one : all) rows.push_back(one->variant);
    return rows;
  };
  ReportChoices choices;
  choices.methods.values = {"omp:32", "encode"};
  const ReportSource named = report_source(results, choices);
  MainVariants beside = main_variants(named, named.slopes[0]);
  CHECK(variants(beside.reconstructions) == std::vector<std::int32_t>{3, 1});
  CHECK(beside.candidates == 2);
  beside = variants_beside(named, named.slopes[0]);
  CHECK(variants(beside.reconstructions) == std::vector<std::int32_t>{1, 2, 3});
  choices.methods.afterwards = true;
  const ReportSource picked = report_source(results, choices);
  beside = main_variants(picked, picked.slopes[0]);
  CHECK(beside.reconstructions.size() == 2);
  CHECK(beside.candidates == 3);
}

TEST_CASE("a place is of the main operation, and so is what is beside it",
          "[analysis][main_places]") {
  storage::Results results = at_two_layers({});
  // Rotated it would be the largest.
  add_variant(results, {.layer = 3, .slopes = std::vector<double>(8, 9)});
  results.variants.back().operation = 3;
  results.decompositions = {tests::toy_decomposition(1, 1, "encode")};
  for (const int operation : {0, 3}) {
    add_variant(results, {"reconstruction", 0, 5, kSmall, 0});
    results.variants.back().operation = operation;
    results.variants.back().norm = 1;
  }
  const ReportSource source = report_source(results);
  const std::vector<MainPlace> places = main_places(source);
  REQUIRE(places.size() == 1);
  CHECK(places[0].original->variant == 1);
  CHECK(places[0].candidates == 2);
  const auto beside = variants_beside(source, *places[0].original);
  REQUIRE(beside.reconstructions.size() == 1);
  CHECK(beside.reconstructions[0]->variant == 3);
  // Where nothing else was done with it, the rotated one stands for it.
  for (auto& row : results.variants) row.operation = 3;
  const ReportSource rotated = report_source(results);
  CHECK(main_places(rotated).at(0).original->variant == 2);
}
