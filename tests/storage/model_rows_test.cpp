#include "storage/results/model_rows.hpp"

#include <catch2/catch.hpp>

#include "storage/results/name_tables.hpp"
#include "storage/results/results_file.hpp"
#include "tests/support/empty_arrays.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

namespace {

Array rows_of(const std::vector<float>& values, std::int64_t width) {
  return make_array(std::span<const float>(values),
                    {std::ssize(values) / width, width});
}

// Vectors of models 0, 1 and 0; of two widths, or of one.
Results some(std::int32_t second) {
  Results results;
  results.models.resize(2);
  results.models[0].d_model = 2;
  results.models[1].d_model = second;
  results.vectors.resize(3);
  results.vectors[1].model = 1;
  if (second == 2) {
    results.arrays["vectors"] = rows_of({1, 2, 3, 4, 5, 6}, 2);
  } else {
    results.arrays["vectors/0"] = rows_of({1, 2, 5, 6}, 2);
    results.arrays["vectors/1"] = rows_of({7, 8, 9}, 3);
  }
  return results;
}

}  // namespace

TEST_CASE("rows are found by their places, whatever their model's width",
          "[storage][model_rows]") {
  const Results one = some(2), several = some(3);
  CHECK_FALSE(widths_differ(one));
  CHECK(widths_differ(several));
  const ModelRows of_one(one, "vectors"), of_several(several, "vectors");
  CHECK(of_one.floats(1) == std::vector<float>{3, 4});
  CHECK(of_one.floats(2) == std::vector<float>{5, 6});
  CHECK(of_several.floats(0) == std::vector<float>{1, 2});
  CHECK(of_several.floats(1) == std::vector<float>{7, 8, 9});
  CHECK(of_several.floats(2) == std::vector<float>{5, 6});
}

TEST_CASE("arrays that the tables do not go with are refused",
          "[storage][model_rows]") {
  const auto error = [](const Results& results) {
    return tests::error_of([&] { ModelRows(results, "vectors"); });
  };
  Results results = some(3);
  results.vectors[1].model = 7;
  CHECK_THAT(error(results), Contains("a row of model 7"));
  results.vectors[1].model = -1;
  CHECK_THAT(error(results), Contains("a row of model -1"));
  results = some(3);
  results.arrays["vectors/1"] = rows_of({7, 8}, 2);
  CHECK_THAT(error(results), Contains("arrays/vectors/1: [1, 2], expected F32 "
                                      "with 1 rows of 3 numbers"));
  results = some(3);
  results.arrays.erase("vectors/1");
  CHECK_THAT(error(results), Contains("vectors/1"));
  CHECK_FALSE(has_model_rows(some(2), "reconstructions"));
  CHECK(has_model_rows(some(3), "vectors"));
}

TEST_CASE("a file of several widths has an array a model",
          "[storage][model_rows]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("results.h5");
  Results results = some(3);
  results.names = name_tables({});
  for (const char* name : {"positive_mean", "negative_mean"}) {
    results.arrays[array_of_model(name, 0)] = rows_of({1, 2, 3, 4}, 2);
    results.arrays[array_of_model(name, 1)] = rows_of({1, 2, 3}, 3);
  }
  for (const char* name : {"reconstructions", "variant_vectors"}) {
    results.arrays[array_of_model(name, 0)] = {DType::f32, {0, 2}, ""};
    results.arrays[array_of_model(name, 1)] = {DType::f32, {0, 3}, ""};
  }
  tests::add_empty_arrays(results);
  ResultsWriter writer(path);
  writer.write(results);
  writer.finish();
  const H5File file = H5File::open(path);
  CHECK(file.children("arrays/vectors") == std::vector<std::string>{"0", "1"});
  const Results found = read_results(path);
  CHECK(ModelRows(found, "vectors").floats(1) == std::vector<float>{7, 8, 9});
  CHECK(found.arrays.at("variant_vectors/1").shape ==
        std::vector<std::int64_t>{0, 3});
}
