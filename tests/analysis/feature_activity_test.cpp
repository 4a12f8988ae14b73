#include "analysis/measures/feature_activity.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

namespace {

constexpr std::int64_t kWidth = 8;

template <class T>
void keep(storage::Results& results, const char* name,
          const std::vector<T>& values) {
  results.arrays[name] =
      storage::make_array(std::span<const T>(values), {std::ssize(values)});
}

// SAE "late" of eight features on the text (with and without first tokens) and
// on the pairs of "kind"; row r and feature j have the rate r/10 + j/100, the
// mean 10 r + j, the projection -(10 r + j).
storage::Results with_activity() {
  storage::Results results = tests::toy_results();
  std::vector<std::int64_t> offsets{0};
  std::vector<float> rate, mean, projection;
  for (int r = 0; r < 4; ++r) {
    storage::ActivityRow row;
    row.behaviour = r < 2 ? -1 : 0;
    row.source = r < 2 ? 0 : r - 1;
    row.excluded = r == 1 ? 1 : 0;
    row.tokens = 1000 + r;
    results.activity.push_back(row);
    for (int j = 0; j < kWidth; ++j) {
      rate.push_back(static_cast<float>(r) / 10 + static_cast<float>(j) / 100);
      mean.push_back(static_cast<float>(10 * r + j));
      projection.push_back(-mean.back());
    }
    offsets.push_back(kWidth * (r + 1));
  }
  keep(results, "feature_activity/offsets", offsets);
  keep(results, "feature_activity/rate", rate);
  for (const char* one : {"mean", "max", "projection_sd"}) {
    keep(results, (std::string("feature_activity/") + one).c_str(), mean);
  }
  keep(results, "feature_activity/projection_mean", projection);
  return results;
}

// Codes of the zero vector (feature 3 strongest, then 5) and of kind's vector
// at layer 5 (5, then 3).
void add_codes(storage::Results& results) {
  results.decompositions = {tests::toy_decomposition(-1, 0, "encode", "zero"),
                            tests::toy_decomposition(1, 0, "encode")};
  keep(results, "codes/offsets", std::vector<std::int64_t>{0, 2, 4});
  keep(results, "codes/features", std::vector<std::int64_t>{3, 5, 3, 5});
  keep(results, "codes/values", std::vector<float>{9, 8, 4, 6});
  for (const auto& [decomposition, feature] :
       {std::pair{0, 3}, std::pair{1, 5}}) {
    storage::FeatureRow row;
    row.decomposition = decomposition;
    row.feature = feature;
    results.features.push_back(row);
  }
}

}  // namespace

TEST_CASE("activity is found by feature and source",
          "[analysis][feature_activity]") {
  const storage::Results results = with_activity();
  const FeatureActivities all(results);
  const FeatureActivity text = all.of(0, 2, -1, storage::NormSource::reference,
                                      storage::NormExclusion::first);
  CHECK(text.tokens == 1001);
  CHECK(text.rate == Approx(0.12));
  CHECK(text.projection == -12);
  CHECK(all.of(0, 7, 0, storage::NormSource::negative).mean == 37);
  CHECK(all.of(1, 2, -1, storage::NormSource::reference).tokens == -1);
  CHECK(std::isnan(all.of(0, 8, -1, storage::NormSource::reference)
                       .rate));  // no such feature
}

TEST_CASE("the default component is the zero vector's strongest feature",
          "[analysis][feature_activity]") {
  storage::Results results = with_activity();
  CHECK(tests::table_of(default_components_table, results).rows.empty());
  add_codes(results);
  const Table table = tests::table_of(default_components_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(shown(table, 0, "behaviour") == "kind");
  CHECK(shown(table, 0, "feature") == "3");
  CHECK(tests::features_named(table, 0) ==
        std::vector<std::string>{"feature: 3"});
  CHECK(shown(table, 0, "f(0)") == "9.00");
  CHECK(shown(table, 0, "f(v)") == "4.00");
  CHECK(shown(table, 0, "<x+, E>") == "-23.00");
  CHECK(shown(table, 0, "<v, E>") == "10.00");
  CHECK(shown(table, 0, "f(h)") == "13.00");
  CHECK(shown(table, 0, "tokens") == "1001");

  // An SAE whose zero vector has no code.
  results.features.erase(results.features.begin());
  CHECK(shown(tests::table_of(default_components_table, results), 0,
              "feature") == "5");
  CHECK(tests::table_of(default_components_table, tests::toy_results())
            .rows.empty());
}

TEST_CASE("figure 4's feature is chosen by rule",
          "[analysis][feature_activity]") {
  storage::Results results = with_activity();
  const auto add = [&](int feature, double positive, double negative,
                       double projection, double code) {
    storage::CodeDifferenceRow row;
    row.vector = 1;
    row.feature = feature;
    row.mean_code_positive = positive;
    row.mean_code_negative = negative;
    row.encoder_projection = projection;
    row.code = code;
    results.code_differences.push_back(row);
  };
  add(1, 9, 1, 2, 3);   // fires more on x+
  add(2, 1, 9, 1, 0);   // reaches along v
  add(3, 1, 8, -1, 2);  // has a code
  add(4, 1, 3, -5, 0);
  add(6, 1, 4, -2, 0);
  const Table table = tests::table_of(negative_features_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(shown(table, 0, "feature") == "6");
  CHECK(shown(table, 0, "f(x-)") == "4.000");
  CHECK(shown(table, 0, "<v, E>") == "-2.000");
  CHECK(shown(table, 0, "fires on text") == "0.0600");
}
