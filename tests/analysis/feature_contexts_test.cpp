#include "analysis/measures/feature_contexts.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

storage::ContextRow context(std::int32_t sae, std::int32_t feature,
                            std::int32_t rank) {
  storage::ContextRow row;
  row.sae = sae;
  row.feature = feature;
  row.rank = rank;
  return row;
}

}  // namespace

TEST_CASE("contexts of a feature stand by rank",
          "[analysis][feature_contexts]") {
  storage::Results results = tests::toy_results();
  results.contexts = {context(0, 3, 2), context(0, 3, 0), context(1, 3, 0),
                      context(0, 3, 1)};
  const ContextsOfFeatures contexts = contexts_of_features(results);
  REQUIRE(contexts.size() == 2);
  const auto& rows = contexts.at({0, 3});
  REQUIRE(rows.size() == 3);
  for (std::int32_t rank = 0; rank < 3; ++rank) {
    CHECK(rows[static_cast<std::size_t>(rank)]->rank == rank);
  }
}

TEST_CASE("features stand in the order in which Table 1 names them",
          "[analysis][feature_contexts]") {
  storage::Results results = tests::toy_results();
  using Code = std::vector<std::int32_t>;
  const auto add = [&](std::int32_t vector, const char* control,
                       const Code& features) {
    tests::add_falling_code(
        results, tests::toy_decomposition(vector, 0, "encode", control),
        features);
  };
  add(1, "none", {30, 8, 7, 31});
  add(-1, "zero", {8, 5});
  for (const std::int32_t feature : {2, 5, 7, 8, 30, 31}) {
    results.contexts.push_back(context(0, feature, 0));
  }
  results.contexts.push_back(context(1, 8, 0));
  const auto order = by_importance(results, contexts_of_features(results));
  // The zero vector's stand first; what no code names stands last.
  CHECK(order == std::vector<FeatureOfSae>{
                     {0, 8}, {0, 5}, {0, 30}, {0, 7}, {0, 31}, {0, 2}, {1, 8}});
}

TEST_CASE("a context is cut at both ends", "[analysis][feature_contexts]") {
  storage::ContextRow row;
  row.before = {std::string(70, '.').append("x")};
  row.token = {"a\nb"};
  row.after = {std::string(40, '.').insert(0, "y")};
  const ContextText text = context_text(row);
  CHECK(text.before == std::string(59, '.').append("x"));
  CHECK(text.token == "a b");
  CHECK(text.after == std::string(29, '.').insert(0, "y"));
}
