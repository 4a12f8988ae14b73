#include "runner/stages/control_keys.hpp"

#include <catch2/catch.hpp>

#include "runner/plan/names.hpp"
#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("shuffled labels are those of clusters, and say so in their keys",
          "[runner][control_keys]") {
  PlanBuilder builder(
      tests::parse("seed = 7\n" + std::string(tests::kMinimalSweep)));
  builder.add_model({});
  builder.add_behaviour({}, {}, {});
  storage::VectorRow row;
  row.cell = builder.add_cell(CellKind::vector, "a vector").column64();
  builder.tables().vectors.push_back(row);
  const RowOf<storage::VectorRow> vector(0);
  const std::string name = vector_name(builder, vector);
  const std::vector<jobs::PairCluster> clusters{{5, 1}, {5, 1}, {9, -1}};
  const auto key = [&](jobs::Control control,
                       const std::vector<jobs::PairCluster>& of) {
    return control_key(builder, control, vector, 3, of);
  };
  // What results of people's runs are known by.
  for (const auto control :
       {jobs::Control::random, jobs::Control::resampled, jobs::Control::sparse,
        jobs::Control::decoder_row}) {
    CHECK(key(control, clusters) ==
          builder.key_of("control/1 " + name +
                         " control=" + jobs::name_of(control) + " seed=7/3"));
    CHECK(key(control, clusters) == key(control, {}));
  }
  // Covariance noise was around one mean of both sides before.
  CHECK(key(jobs::Control::covariance, clusters) ==
        builder.key_of("control/2 " + name + " control=covariance seed=7/3"));
  const auto shuffled = [&](const std::vector<jobs::PairCluster>& of) {
    return key(jobs::Control::shuffled, of);
  };
  CHECK(shuffled(clusters) ==
        builder.key_of("control/2 " + name +
                       " control=shuffled seed=7/3 clusters=" +
                       hex(jobs::key_of_clusters(clusters))));
  CHECK(shuffled({{0, 1}, {0, 1}, {1, -1}}) == shuffled(clusters));
  CHECK(shuffled({{5, 1}, {6, 1}, {9, -1}}) != shuffled(clusters));
  CHECK(shuffled({{5, 1}, {5, 1}, {9, 1}}) != shuffled(clusters));
}
