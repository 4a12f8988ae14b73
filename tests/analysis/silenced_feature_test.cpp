#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// kind's vector at layer 5 under SAE "late" has no code of feature 4, which
// fires more on x-.
storage::Results with_silenced() {
  storage::Results results = tests::toy_results();
  storage::CodeDifferenceRow row;
  row.vector = 1;
  row.feature = 4;
  row.mean_code_positive = 1;
  row.mean_code_negative = 5;
  row.encoder_projection = -3;
  results.code_differences.push_back(row);
  return results;
}

std::vector<double> values_of(const Bars::Group& group) {
  std::vector<double> values;
  for (const Bar& bar : group.bars) values.push_back(bar.value);
  return values;
}

}  // namespace

TEST_CASE("a silenced feature is drawn with what the sides do and v does not",
          "[analysis][silenced_feature]") {
  const auto figures = tests::figures_of(silenced_feature, with_silenced());
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "silenced_feature-late");
  const auto& bars = std::get<Bars>(figures[0].content);
  REQUIRE(bars.groups.size() == 1);
  CHECK(bars.groups[0].name == "kind, silenced 4");
  CHECK(values_of(bars.groups[0]) == std::vector<double>{1, 5, -3, 0});
  CHECK(bars.groups[0].bars[2].label == "<v, E>");
  CHECK(bars.kinds.at(bars.groups[0].bars[2].kind) ==
        "projection on the encoder's column");
}

TEST_CASE("beside it stands what v turns on instead",
          "[analysis][silenced_feature]") {
  storage::Results results = with_silenced();
  storage::ActiveFeatureRow row;
  row.vector = 1;
  row.feature = 9;
  row.code = 2.5;
  row.encoder_projection = 1.5;
  row.mean_code_positive = 0.25;
  row.mean_code_negative = 0.125;
  results.active_features.push_back(row);
  const std::vector<float> cosines = {-0.5F};
  results.arrays["active_feature_cosines"] =
      storage::make_array(std::span<const float>(cosines), {1, 1});
  const auto figures = tests::figures_of(silenced_feature, results);
  const auto& bars = std::get<Bars>(figures.at(0).content);
  REQUIRE(bars.groups.size() == 2);
  CHECK(bars.groups[1].name == "kind, spurious 9 (cosine -0.50)");
  CHECK(values_of(bars.groups[1]) ==
        std::vector<double>{0.25, 0.125, 1.5, 2.5});
}

TEST_CASE("without a silenced feature there is no figure",
          "[analysis][silenced_feature]") {
  storage::Results results = with_silenced();
  results.code_differences[0].code = 1;
  CHECK(tests::figures_of(silenced_feature, results).empty());
}
