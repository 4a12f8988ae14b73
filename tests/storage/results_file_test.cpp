#include "storage/results/results_file.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "storage/files/fault.hpp"
#include "tests/support/empty_arrays.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

Results small_results() {
  Results results;
  results.origin = {"digest", "name = \"x\"\n", "float32",        2, 7,
                    "c",      "numerics",       "not ours to say"};
  for (const char* name :
       {"kinds", "states", "reasons", "splits", "methods", "controls",
        "variants", "parts", "norm_rules", "sign_rules", "position_rules"}) {
    results.names.emplace_back(
        name, std::vector<NameRow>{{0, {std::string(name)}, {"what"}}});
  }
  results.models.resize(1);
  results.models[0].name = {"m\u00fcller"};
  results.cells = {{1, 2, 0, 0, 0}, {3, 4, 1, 2, 0}};
  PropensityRow row;
  row.multiplier = -0.5;
  row.logit_match = 1.25F;
  row.logit_other = NAN;
  results.propensity = {row, row};
  const std::vector<float> v{1, 2, 3, 4};
  for (const char* name :
       {"vectors", "positive_mean", "negative_mean", "reconstructions",
        "variant_vectors", "code_difference_cosines",
        "active_feature_cosines"}) {
    results.arrays[name] = make_array(std::span<const float>(v), {2, 2});
  }
  const std::vector<std::int64_t> offsets{0, 1};
  results.arrays["codes/offsets"] =
      make_array(std::span<const std::int64_t>(offsets), {2});
  results.arrays["codes/features"] = {DType::i32, {1}, std::string(4, '\1')};
  results.arrays["codes/values"] =
      make_array(std::span<const float>(v).first(1), {1});
  tests::add_empty_arrays(results);
  return results;
}

void write(const std::string& path) {
  ResultsWriter writer(path);
  writer.write(small_results());
  ActivationSet set{"activations/m/b", {{0, 5, 1, 9}, {0, 6, 0, 8}}, {3}, 2};
  writer.begin(set);
  const std::vector<float> row{7, 8};
  for (std::int64_t i : {1, 0}) {
    writer.activations(set, 3, i,
                       {reinterpret_cast<const char*>(row.data()), 8});
  }
  writer.finish();
}

}  // namespace

TEST_CASE("tables, arrays and their origin come back as written",
          "[storage][results_file]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("results.h5");
  write(path);
  const Results found = read_results(path);
  CHECK(found.origin.sweep == "name = \"x\"\n");
  CHECK(found.origin.threads == 2);
  CHECK(std::isdigit(found.origin.program_version.at(0)) != 0);
  CHECK(found.models.at(0).name.str() == "m\u00fcller");
  CHECK(found.cells.at(1).key_high == 3);
  CHECK(found.cells.at(1).state == 2);
  CHECK(found.propensity.at(1).multiplier == -0.5);
  CHECK(found.propensity.at(1).logit_match == 1.25F);
  CHECK(std::isnan(found.propensity.at(1).logit_other));
  CHECK(found.saes.empty());
  CHECK(floats(found.arrays.at("vectors")) == std::vector<float>{1, 2, 3, 4});
  const H5File file = H5File::open(path);
  CHECK(floats(file.read_array("activations/m/b/layer_3")) ==
        std::vector<float>{7, 8, 7, 8});
  CHECK(read_rows_of<ActivationRow>(file, "activations/m/b/rows").at(0).item ==
        5);
  CHECK_THAT(
      file.text_attribute("tables/propensity", "columns"),
      Catch::Contains(
          "dose [1] |multiplier * vector| / median_activation_norm; NaN"));
}

TEST_CASE("equal results are equal bytes", "[storage][results_file]") {
  const tests::Scratch scratch;
  write(scratch.file("a"));
  write(scratch.file("b"));
  CHECK(tests::read_file(scratch.file("a")) ==
        tests::read_file(scratch.file("b")));
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()),
                      {}) == 2);
}

TEST_CASE("what is not our file is refused with a sentence",
          "[storage][results_file]") {
  const tests::Scratch scratch;
  CHECK_THROWS_WITH(read_results(scratch.file("none")),
                    Catch::Contains("no such file"));
  tests::write_file(scratch.file("x"), "not HDF5 at all");
  CHECK_THROWS_AS(read_results(scratch.file("x")), StorageError);
  write(scratch.file("r"));
  const std::string bytes = tests::read_file(scratch.file("r"));
  tests::write_file(scratch.file("cut"), bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_AS(read_results(scratch.file("cut")), StorageError);
}
