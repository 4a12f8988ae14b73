#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/table_text.hpp"
#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;
using tests::shown;

namespace {

std::vector<double> all(double slope) { return std::vector<double>(8, slope); }

// "notes" as one text.
std::string notes_of(const Table& table) {
  std::string out;
  for (const std::string& note : table.notes) out += note + "\n";
  return out;
}

}  // namespace

TEST_CASE("an original's row has the verdict, and the family it was tested in",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {.slopes = {4, 4, 4, 4, 3, 5, 3, 5}});
  add_variant(results, {"reconstruction", 0, 3, {1, 1, 1, 1, 3, 3, 3, 3}, 0});
  tests::add_weak_noise(results);
  const Table table = tests::table_of(steerability_table, results);
  REQUIRE(table.rows.size() == 3);
  CHECK(shown(table, 0, "steers") == "yes");
  CHECK(shown(table, 0, "retained") == "1.00");
  CHECK(shown(table, 0, "p slope (adjusted)") == "0.008");  // 2 / 256
  CHECK(shown(table, 0, "p same (adjusted)") == "-");
  CHECK(shown(table, 0, "clusters") == "8");
  CHECK(shown(table, 0, "remark").empty());
  CHECK(shown(table, 1, "retained") == "0.50 [0.27, 0.75]");
  // numpy, scipy 1.17: 0.27246, 0.75315.
  CHECK(shown(table, 1, "family") == "main");
  CHECK(shown(table, 1, "steers").empty());
  // (1 + none of four) / 5; of 2 as large, none.
  CHECK(shown(table, 0, "rank p random") == "0.200");
  CHECK(shown(table, 2, "rank p random") == "0.200");
  CHECK(shown(table, 2, "variant") == "random noise (4)");
  CHECK_THAT(notes_of(table),
             Catch::Contains("main, 1 comparison on 8 clusters, p at least "
                             "0.0078."));
  CHECK_THAT(notes_of(table), Catch::Contains("leaves the bands of random;"));
}

TEST_CASE("seeds of noise are one row, with the band that they leave",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = all(9)});
  for (const double slope : {1.0, 2.0, 3.0, 4.0, 5.0}) {
    const auto seed = static_cast<std::int32_t>(slope);
    add_variant(results, {"random", 0, 3, all(slope), -1, seed, 0});
    add_variant(results, {"shuffled", 0, 3, all(slope), -1, seed, 0});
  }
  const Table table = tests::table_of(steerability_table, results);
  REQUIRE(table.rows.size() == 3);
  CHECK(shown(table, 1, "variant") == "random noise (5)");
  // 0 +- t(0.975, 5) sqrt(11), and the seeds' mean.
  CHECK(shown(table, 1, "content slope") == "3 [-9, 9]");
  CHECK(shown(table, 0, "retained") == "1.00");
  CHECK(shown(table, 1, "retained") == "0.33");
  CHECK(shown(table, 2, "variant") == "shuffled, stretched noise (5)");
  // 3 +- t(0.975, 4) sqrt(2.5 * 1.2): 4.81.
  CHECK(shown(table, 2, "content slope") == "3.0 [-1.8, 7.8]");
  CHECK(shown(table, 0, "rank p shuffled, stretched") == "0.167");
  CHECK(shown(table, 1, "rank p shuffled, stretched") == "-");
  // Each seed has its row in the table of slopes.
  CHECK(tests::table_of(slopes_table, results).rows.size() == 11);
}

TEST_CASE("nothing is retained of an original that does not steer",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {.slopes = {-4, 4, -3, 4, -4, 4, -3, 4}});
  add_variant(results, {"reconstruction", 0, 3, all(1), 0});
  tests::add_weak_noise(results);
  const Table table = tests::table_of(steerability_table, results);
  CHECK(shown(table, 0, "steers") == "no");
  CHECK(shown(table, 0, "remark") == "interval includes 0");
  CHECK(shown(table, 0, "retained") == "-");
  CHECK(shown(table, 1, "remark") == "original does not steer");
  CHECK(shown(table, 1, "retained") == "-");
}

TEST_CASE("too few clusters have no interval, no p and a remark",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = {1, 2, 3, 4}});
  tests::add_weak_noise(results);
  const Table table = tests::table_of(steerability_table, results);
  CHECK(shown(table, 0, "content slope") == "2.500");
  CHECK(shown(table, 0, "steers") == "unknown");
  CHECK(shown(table, 0, "p slope (adjusted)") == "-");
  CHECK(shown(table, 0, "remark") == "too few clusters (4)");
}

TEST_CASE("noise of another vector or dose is another row",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {"random", 0, 3, {1, 1}, -1, 0});
  add_variant(results, {"random", 0, 5, {1, 1}, -1, 0});
  add_variant(results, {"random", 0, 5, {1, 1}, -1, 0});
  results.variants[2].dose_rule = 1;
  add_variant(results, {"covariance", 0, 5, {1, 1}, -1, 0});
  CHECK(tests::table_of(steerability_table, results).rows.size() == 4);
}

TEST_CASE("another operation is another row, against its own original",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  for (const int operation : {0, 1}) {
    const double slope = operation == 0 ? 2 : 8;
    add_variant(results, {.slopes = tests::around(slope)});
    results.variants.back().operation = operation;
    add_variant(results, {"reconstruction", 0, 3, tests::around(4), 0});
    results.variants.back().operation = operation;
    for (const std::int32_t seed : {0, 1, 2, 3, 4, 5}) {
      add_variant(results,
                  {"random", 0, 3, all(0.1 * (seed % 2) - 0.05), -1, seed});
      results.variants.back().operation = operation;
    }
  }
  const Table table = tests::table_of(steerability_table, results);
  REQUIRE(table.rows.size() == 6);
  CHECK(shown(table, 0, "variant") == "original");
  CHECK(shown(table, 1, "retained").starts_with("2.00"));
  CHECK(shown(table, 2, "variant") == "random noise (6)");
  CHECK(shown(table, 3, "variant") == "project-out of original");
  CHECK(shown(table, 4, "variant") == "project-out of reconstruction (encode)");
  CHECK(shown(table, 4, "retained").starts_with("0.50"));
  CHECK(shown(table, 5, "variant") == "project-out of random noise (6)");
  // A projection has no dose.
  CHECK(shown(table, 0, "per dose") == "2.00");
  CHECK(shown(table, 3, "per dose") == "-");
  CHECK_THAT(table.notes, Catch::VectorContains(std::string(
                              "operations other than addition: project-out, "
                              "per share of the component along the vector "
                              "that is taken out. Their slopes are in these "
                              "units, and none is compared with another "
                              "operation's.")));
}

TEST_CASE("a variant of length zero has no slope per dose",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = all(1)});
  results.variants[0].norm = 0;
  const std::string csv = to_csv(tests::table_of(steerability_table, results));
  CHECK_THAT(csv, !Catch::Contains("inf"));
}

TEST_CASE("resampled vectors are in the table of slopes alone",
          "[analysis][steerability_table]") {
  storage::Results results = tests::toy_steered();
  results.vectors[0].n_clusters = 10;
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {.slopes = {1, 2, 1, 2, 1, 2, 1, 2}});
  add_variant(results, {"reconstruction", 0, 3, {1, 2, 1, 2, 1, 2, 1, 2}, 0});
  for (const std::int32_t seed : {0, 1, 2}) {
    add_variant(results, {"resampled", 0, 3, all(1.4 + 0.1 * seed), -1, seed});
    add_variant(results, {.source = "reconstruction",
                          .slopes = all(4 + 0.1 * seed),
                          .decomposition = 0,
                          .resample = seed});
  }
  tests::add_weak_noise(results);
  const Table table = tests::table_of(steerability_table, results);
  REQUIRE(table.rows.size() == 3);
  CHECK(shown(table, 1, "remark") == "not smooth");
  CHECK_THAT(notes_of(table),
             Catch::Contains("with up to 3 vectors of resampled"));
  const Table slopes = tests::table_of(slopes_table, results);
  CHECK(shown(slopes, 0, "interval") == "two-level");
  CHECK(shown(slopes, 0, "vectors") == "3");
  CHECK(shown(slopes, 1, "interval") == "items: not smooth");
  CHECK(shown(slopes, 1, "bias") == "2.6000");
  CHECK(shown(slopes, 3, "variant") ==
        "reconstruction (encode) of resampled 0");
  CHECK(shown(slopes, 3, "p") == "-");
}
