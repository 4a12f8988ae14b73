#include "runner/report/exported_names.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "runner/report/exported_vectors.hpp"
#include "tests/support/exportable_results.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using namespace coxswain::tests;

namespace {

std::vector<std::string> names(const storage::Results& results) {
  std::vector<std::string> found;
  for (const ExportedVector& vector : exported_vectors(results).vectors) {
    found.push_back(vector.name.tensor);
  }
  return found;
}

}  // namespace

TEST_CASE("what SAEs made of a vector is named after all that is unusual in it",
          "[runner][exported_names]") {
  storage::Results results = exportable_results();
  const std::vector<float> values{1, 0, 0, 0};
  storage::DecompositionRow row = encoded(1, 1);
  add_decomposition(results, row, values);
  row.scale = 0.5;
  row.b_dec_input = 1;
  row.b_dec_output = 1;
  add_decomposition(results, row, values);
  row = encoded(1, 1);
  row.method = id_of("methods", "omp");
  row.parameter = 32;
  row.control = id_of("controls", "random");
  row.seed = 2;
  add_decomposition(results, row, values);
  row = encoded(1, 1);
  row.control = id_of("controls", "other");
  row.other = 3;
  add_decomposition(results, row, values);
  row = encoded(1, 1);
  row.draw = 4;  // of a method that makes several
  add_decomposition(results, row, values);
  row = encoded(-1, 1);
  row.control = id_of("controls", "zero");
  add_decomposition(results, row, values);
  std::vector<std::string> found = names(results);
  found.erase(found.begin(), found.begin() + 4);
  CHECK(found ==
        std::vector<std::string>{
            "kind/layer_3/layer_3_16k/encode/decoded",
            "kind/layer_3/layer_3_16k/encode/decoded/scale_0.5/b_dec_input_1/"
            "b_dec_output_1",
            "kind/layer_3/layer_3_16k/omp_32/decoded/random_2",
            "kind/layer_3/layer_3_16k/encode/decoded/other/_._curt",
            "kind/layer_3/layer_3_16k/encode/decoded/draw_4",
            "zero-vector/layer_3/layer_3_16k/encode/decoded"});
  // None of them was added to the model.
  for (const ExportedVector& vector : exported_vectors(results).vectors) {
    CHECK(vector.name.kind.empty() ==
          (vector.name.tensor.find("decoded") != std::string::npos));
  }
}

TEST_CASE("what was added is named after its part, and kinds have no layer",
          "[runner][exported_names]") {
  storage::Results results = exportable_results();
  const std::vector<float> values{1, 0, 0, 0};
  const std::int32_t from = add_decomposition(results, encoded(1, 1), values);
  storage::VariantRow row = rebuilt(1, from, "first");
  row.part_k = 16;
  add_variant(results, row, values);
  row = rebuilt(1, from, "negative");
  row.norm_rule = id_of("norm_rules", "as_is");
  add_variant(results, row, values);
  row = rebuilt(1, -1, "all");
  row.source = id_of("variants", "original");
  add_variant(results, row, values);
  row.source = id_of("variants", "random");
  row.seed = 1;
  add_variant(results, row, values);
  row.source = id_of("variants", "shuffled");
  add_variant(results, row, values);
  row.norm_rule = id_of("norm_rules", "as_is");
  add_variant(results, row, values);
  row = rebuilt(1, from, "all");
  row.resample = 4;
  add_variant(results, row, values);
  row = rebuilt(1, -1, "all");
  row.source = id_of("variants", "planted");
  row.sign_rule = id_of("sign_rules", "matching_letter");
  add_variant(results, row, values);
  row.sign_rule = id_of("sign_rules", "fixed");
  add_variant(results, row, values);
  row.source = id_of("variants", "original");
  row.dose_rule = id_of("dose_rules", "residual-fraction");
  add_variant(results, row, values);
  row.operation = id_of("operations", "rotate");
  add_variant(results, row, values);
  ExportedVectors found = exported_vectors(results);
  found.vectors.erase(found.vectors.begin(), found.vectors.begin() + 5);
  std::vector<std::string> texts;
  for (const ExportedVector& vector : found.vectors) {
    texts.push_back(vector.name.tensor + " " + vector.name.kind);
  }
  // The original is there once at its own length; what turns with each item is
  // of no kind.
  CHECK(texts == std::vector<std::string>{
                     "kind/layer_3/layer_3_16k/encode/reconstruction/first_16 "
                     "reconstruction-encode-first_16-layer_L_16k",
                     "kind/layer_3/layer_3_16k/encode/reconstruction/negative/"
                     "own_length "
                     "reconstruction-encode-negative-layer_L_16k-own_length",
                     "kind/layer_3/random_1 random_1",
                     "kind/layer_3/shuffled-stretched_1 shuffled-stretched_1",
                     "kind/layer_3/shuffled_1 shuffled_1",
                     "kind/layer_3/layer_3_16k/encode/reconstruction/all/"
                     "resampled_4 "
                     "reconstruction-encode-all-layer_L_16k-resampled_4",
                     "kind/layer_3/planted ",
                     "kind/layer_3/planted-fixed_sign planted-fixed_sign",
                     "kind/layer_3/original-residual-fraction "
                     "original-residual-fraction",
                     "kind/layer_3/original-residual-fraction-rotate "});
  const auto turned = nlohmann::json::parse(found.vectors.back().metadata);
  CHECK(turned["operation"] == "rotate");
  CHECK(turned["use"] == "acts by its operation, multiplier 1");
  const auto metadata = nlohmann::json::parse(found.vectors[0].metadata);
  CHECK(metadata["sae"] == "layer_3_16k");
  CHECK(metadata["method"] == "encode");
  CHECK(metadata["part"] == "first 16");
  CHECK(metadata["norm_rule"] == "equal");
  CHECK(metadata["sign_rule"] == "fixed");
  CHECK(metadata["operation"] == "add");
  CHECK(metadata["use"] == "added at multiplier 1");
  CHECK(metadata["seed"].is_null());
}

TEST_CASE("a feature is named after its SAE and number, and what it is set to",
          "[runner][exported_names]") {
  storage::Results results = exportable_results();
  const std::vector<float> values{1, 0, 0, 0};
  storage::VariantRow row = rebuilt(1, -1, "all");
  row.source = id_of("variants", "feature");
  row.sae = 1;
  row.feature = 7;
  add_variant(results, row, values);
  row.norm_rule = id_of("norm_rules", "as_is");
  add_variant(results, row, values);
  row.operation = id_of("operations", "clamp");
  row.clamped_to = -0.5;
  add_variant(results, row, values);
  const ExportedVectors found = exported_vectors(results);
  std::vector<std::string> texts;
  for (std::size_t i = found.vectors.size() - 3; i < found.vectors.size();
       ++i) {
    const ExportedName& name = found.vectors[i].name;
    texts.push_back(name.tensor + " " + name.kind);
  }
  CHECK(texts == std::vector<std::string>{
                     "kind/layer_3/layer_3_16k/feature_7 "
                     "feature_7-layer_3_16k",
                     "kind/layer_3/layer_3_16k/feature_7/own_length "
                     "feature_7-layer_3_16k-own_length",
                     "kind/layer_3/layer_3_16k/feature_7-clamp-to_-0.5 "});
  const auto metadata = nlohmann::json::parse(found.vectors.back().metadata);
  CHECK(metadata["sae"] == "layer_3_16k");
  CHECK(metadata["feature"] == 7);
  CHECK(metadata["clamped_to"] == -0.5);
  CHECK(metadata["use"] == "acts by its operation, multiplier 1");
}

TEST_CASE("names of strangers stay apart and in their folder",
          "[runner][exported_names]") {
  storage::Results results = exportable_results();
  results.behaviours[0].name = {"a b"};
  results.behaviours[1].name = {"a/b"};
  CHECK(names(results) == std::vector<std::string>{"a_b/layer_0/original",
                                                   "a_b/layer_3/original",
                                                   "a_b_2/layer_0/original",
                                                   "a_b_2/layer_3/original"});
  // Cut inside a character, and the same name twice.
  results.behaviours[0].name = {std::string(63, 'x') + "\xC3"};
  results.behaviours[1].name = results.behaviours[0].name;
  const std::vector<std::string> found = names(results);
  CHECK(std::set<std::string>(found.begin(), found.end()).size() == 4);
  CHECK_NOTHROW(
      nlohmann::json::parse(exported_vectors(results).vectors[0].metadata));
  results.saes[1].name = {"../../\n"};
  add_decomposition(results, encoded(1, 1), {1, 0, 0, 0});
  CHECK_THAT(names(results).back(),
             Catch::EndsWith("/layer_3/_._..__/encode/decoded"));
}
