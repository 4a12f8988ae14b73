#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/table_text.hpp"
#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

TEST_CASE("SAEs are shown with how they do under either convention",
          "[analysis][saes_table]") {
  storage::Results results = tests::toy_results();
  storage::SaeRow& late = results.saes[0];
  late.format = {"saelens"};
  late.architecture = {"jumprelu"};
  late.d_sae = 1024;
  late.explained_variance = 0.75;
  late.l0 = 17.64;
  late.dead_share = 0.93;
  late.activation_norm = 164.73;
  late.explained_variance_other = -3.78;
  results.saes[1].explained_variance = NAN;
  const Table table = tests::table_of(saes_table, results);
  REQUIRE(table.rows.size() == 2);
  CHECK(shown(table, 0, "SAE") == "late");
  CHECK(shown(table, 0, "format") == "saelens");
  CHECK(shown(table, 0, "architecture") == "jumprelu");
  CHECK(shown(table, 0, "layer") == "5");
  CHECK(shown(table, 0, "d_sae") == "1024");
  CHECK(shown(table, 0, "b_dec on input") == "subtracted");
  CHECK(shown(table, 0, "explained variance") == "0.750");
  CHECK(shown(table, 0, "L0") == "17.6");
  CHECK(shown(table, 0, "dead share") == "0.930");
  CHECK(shown(table, 0, "activation norm") == "164.7");
  CHECK(shown(table, 0, "explained variance with other b_dec") == "-3.780");
  CHECK(shown(table, 0, "fit") == "required");
  CHECK(shown(table, 1, "b_dec on input") == "kept");
  CHECK(shown(table, 1, "explained variance") == "-");
}

TEST_CASE("an SAE that was taken however badly it fits is marked",
          "[analysis][saes_table]") {
  storage::Results results = tests::toy_results();
  CHECK_THAT(to_text(tests::table_of(saes_table, results)),
             !Catch::Contains("fit any:"));
  results.saes[1].any_fit = 1;
  const Table table = tests::table_of(saes_table, results);
  CHECK(shown(table, 0, "fit") == "required");
  CHECK(shown(table, 1, "fit") == "any");
  CHECK_THAT(to_text(table), Catch::Contains("fit any:"));
}
