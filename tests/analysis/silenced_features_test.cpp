#include "analysis/measures/silenced_features.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

namespace {

constexpr std::int32_t kKindLate = 1;  // row of tables/vectors

// kind's vector at layer 5 under SAE "late": of two differences, rank 1 is the
// one that is silenced.
storage::Results with_differences() {
  storage::Results results = tests::toy_results();
  const auto add = [&](int rank, int feature, double positive, double negative,
                       double projection) {
    storage::CodeDifferenceRow row;
    row.vector = kKindLate;
    row.rank = rank;
    row.feature = feature;
    row.mean_code_positive = positive;
    row.mean_code_negative = negative;
    row.encoder_projection = projection;
    results.code_differences.push_back(row);
  };
  add(0, 7, 9, 1, 2);
  add(1, 4, 1, 5, -3);
  return results;
}

struct Active {
  int feature = 0;
  double code = 0, code_zero = 0, rate_positive = 0, rate_negative = 0;
  float to_first = 0, to_silenced = 0;  // cosines
};

void add_active(storage::Results& results, const std::vector<Active>& all) {
  std::vector<float> cosines;
  for (const Active& one : all) {
    storage::ActiveFeatureRow row;
    row.vector = kKindLate;
    row.rank = static_cast<std::int32_t>(results.active_features.size());
    row.feature = one.feature;
    row.code = one.code;
    row.code_zero = one.code_zero;
    row.rate_positive = one.rate_positive;
    row.rate_negative = one.rate_negative;
    results.active_features.push_back(row);
    cosines.insert(cosines.end(), {one.to_first, one.to_silenced, NAN});
  }
  results.arrays["active_feature_cosines"] =
      storage::make_array(std::span<const float>(cosines),
                          {std::ssize(results.active_features), 3});
}

}  // namespace

TEST_CASE("the spurious feature is rare and points away from the silenced one",
          "[analysis][silenced_features]") {
  storage::Results results = with_differences();
  add_active(results, {{9, 9, 4, 0, 0, 0, -0.95F},         // on without v
                       {10, 9, 0, 0.5, 0, -0.1F, -0.9F},   // fires on x+
                       {11, 8, 0, 0, 0.05, -0.1F, -0.8F},  // on x-
                       {12, 7, 0, 0, 0, -0.9F, -0.2F},     // of another feature
                       {13, 6, 0, 0.04, 0.01, 0.3F, -0.625F},
                       {14, 5, 0, 0, 0, 0.1F, -0.625F},  // ties: the stronger
                       {15, 4, 0, 0, 0, 0.1F, 0.7F}});
  const auto found = silenced_features(results);
  REQUIRE(found.size() == 1);
  CHECK(found[0].row->feature == 4);
  REQUIRE(found[0].spurious != nullptr);
  CHECK(found[0].spurious->feature == 13);
  CHECK(found[0].cosine == -0.625);

  const Table table = tests::table_of(negative_features_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(shown(table, 0, "spurious") == "13");
  CHECK(shown(table, 0, "cosine") == "-0.625");
  CHECK(shown(table, 0, "s(v)") == "6.000");
  CHECK(shown(table, 0, "% of x+") == "4.0");
  CHECK(shown(table, 0, "% of x-") == "1.0");
  CHECK(tests::features_named(table, 0) ==
        std::vector<std::string>{"feature: 4", "spurious: 13"});
}

TEST_CASE("without a feature that points away, nothing is spurious",
          "[analysis][silenced_features]") {
  storage::Results results = with_differences();
  add_active(results, {{10, 9, 0, 0, 0, -0.9F, 0.1F}});
  CHECK(silenced_features(results).at(0).spurious == nullptr);
  CHECK(shown(tests::table_of(negative_features_table, results), 0,
              "spurious") == "-");
  CHECK(tests::features_named(tests::table_of(negative_features_table, results),
                              0) == std::vector<std::string>{"feature: 4"});
  results.active_features.front().vector = 0;  // of another vector
  CHECK(std::isnan(silenced_features(results).at(0).cosine));
  results.active_features.clear();
  CHECK(silenced_features(results).at(0).spurious == nullptr);
}

TEST_CASE("resampled vectors have no figure 4",
          "[analysis][silenced_features]") {
  storage::Results results = with_differences();
  results.vectors[kKindLate].resample = 0;
  CHECK(silenced_features(results).empty());
}
