#include "runner/report/exported_vectors.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/exportable_results.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using namespace coxswain::tests;

TEST_CASE("steering vectors are named after behaviour and layer",
          "[runner][exported_vectors]") {
  const storage::Results results = exportable_results();
  const ExportedVectors found = exported_vectors(results);
  CHECK(found.hook == "resid_post");
  CHECK(found.rows == 4);
  CHECK(found.missing == 0);
  REQUIRE(found.vectors.size() == 4);
  const ExportedVector& last = found.vectors[3];
  CHECK(last.name.tensor == "_._curt/layer_3/original");
  CHECK(last.name.behaviour == "_._curt");
  CHECK(last.name.kind == "original");
  CHECK(last.layer == 3);
  CHECK(last.values ==
        std::string_view(results.arrays.at("vectors").bytes).substr(3 * 16));
  const auto metadata = nlohmann::json::parse(last.metadata);
  CHECK(metadata["behaviour"] == "../curt");
  CHECK(metadata["row"] == 3);
  CHECK(metadata["norm"] == 4.5);
  CHECK(metadata["use"] == "added at multiplier 1");
}

TEST_CASE("vectors that were not computed are counted and left out",
          "[runner][exported_vectors]") {
  storage::Results results = exportable_results();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  add_decomposition(results, encoded(1, 1), {nan, nan, nan, nan});
  add_decomposition(results, encoded(3, 1), {0, 0, 0, infinity});
  const ExportedVectors found = exported_vectors(results);
  CHECK(found.rows == 6);
  CHECK(found.missing == 2);
  CHECK(found.vectors.size() == 4);
}

TEST_CASE("tables that don't fit each other are refused",
          "[runner][exported_vectors]") {
  const auto refused = [](const auto& change) {
    storage::Results results = exportable_results();
    change(results);
    return tests::error_of([&] { exported_vectors(results); });
  };
  CHECK_THAT(refused([](auto& r) { r.vectors[2].behaviour = 9; }),
             Catch::Contains("tables/behaviours") && Catch::Contains("row 9"));
  CHECK_THAT(refused([](auto& r) { r.vectors[2].model = -1; }),
             Catch::Contains("tables/models"));
  CHECK_THAT(refused([](auto& r) { r.vectors.pop_back(); }),
             Catch::Contains("arrays/vectors"));
  CHECK_THAT(refused([](auto& r) { r.arrays["vectors"].bytes.pop_back(); }),
             Catch::Contains("arrays/vectors"));
  CHECK_THAT(refused([](auto& r) {
               add_variant(r, rebuilt(1, 7, "all"), {1, 0, 0, 0});
             }),
             Catch::Contains("tables/decompositions"));
  CHECK_THAT(refused([](auto& r) { r.origin.sweep = "= no TOML"; }),
             Catch::Contains("sweep"));
}

TEST_CASE("where vectors belong is what the sweep says",
          "[runner][exported_vectors]") {
  storage::Results results = exportable_results();
  results.origin.sweep = "[vector]\nhook = \"blocks.3.hook_mlp_out\"";
  const ExportedVectors found = exported_vectors(results);
  CHECK(found.hook == "blocks.3.hook_mlp_out");
  CHECK(nlohmann::json::parse(found.vectors[0].metadata)["hook"] == found.hook);
  CHECK_FALSE(is_resid_post(found.hook));
  CHECK(is_resid_post("resid_post"));
  CHECK(is_resid_post("blocks.3.hook_resid_post"));
}
