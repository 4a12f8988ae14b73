#include "runner/report/export_files.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "jobs/model/families/family.hpp"
#include "storage/models/gguf.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/exportable_results.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using namespace coxswain::tests;

namespace {

std::vector<std::string> names(const std::vector<ExportFile>& files) {
  std::vector<std::string> found;
  for (const ExportFile& file : files) found.push_back(file.name);
  return found;
}

void add_random(storage::Results& results, std::int32_t layer,
                const std::vector<float>& values) {
  storage::VariantRow row;
  row.layer = layer;
  row.vector = layer == 0 ? 0 : 1;
  row.source = id_of("variants", "random");
  row.seed = 0;
  add_variant(results, row, values);
}

}  // namespace

TEST_CASE("a safetensors file has every vector of a model, and says what it is",
          "[runner][export_files]") {
  const storage::Results results = exportable_results();
  const ExportedVectors vectors = exported_vectors(results);
  const auto files = safetensors_files(results, vectors);
  REQUIRE(names(files) == std::vector<std::string>{"toy_7b.safetensors"});
  CHECK(files[0].n_vectors == 4);
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x"), files[0].bytes());
  CHECK(tests::read_file(scratch.file("x")) == files[0].bytes());
  const storage::SafetensorsFile file(scratch.file("x"));
  CHECK(file.tensors().size() == 4);
  CHECK(storage::floats(file.read("kind/layer_3/original")) ==
        std::vector<float>{1, 1, 2, 3});
  CHECK(file.metadata().at("model") == "toy/7b");
  CHECK(file.metadata().at("model_digest") == "d16e57");
  CHECK(file.metadata().at("hook") == "resid_post");
  CHECK(file.metadata().at("sweep_digest") == "5eed");
  const auto metadata =
      nlohmann::json::parse(file.metadata().at("kind/layer_3/original"));
  CHECK(metadata["layer"] == 3);
}

TEST_CASE("each model has a file of its own", "[runner][export_files]") {
  storage::Results results = exportable_results();
  results.models.push_back(results.models[0]);
  results.models.push_back(results.models[0]);  // without a vector
  results.vectors[2].model = results.vectors[3].model = 1;
  const ExportedVectors vectors = exported_vectors(results);
  const auto files = safetensors_files(results, vectors);
  CHECK(names(files) ==
        std::vector<std::string>{"toy_7b.safetensors", "toy_7b_2.safetensors"});
  const auto second = storage::from_safetensors(files[1].bytes(), "second");
  CHECK(second.size() == 2);
  CHECK(second.contains("_._curt/layer_3/original"));
  CHECK(control_vector_files(results, vectors).size() == 2);
}

TEST_CASE("a control vector has the direction of its block, never of block 0",
          "[runner][export_files]") {
  storage::Results results = exportable_results();
  add_random(results, 0, {9, 9, 9, 9});
  add_random(results, 3, {5, 6, 7, 8});
  const ExportedVectors vectors = exported_vectors(results);
  const auto files = control_vector_files(results, vectors);
  REQUIRE(names(files) ==
          std::vector<std::string>{"gguf/toy_7b/_._curt/original.gguf",
                                   "gguf/toy_7b/kind/original.gguf",
                                   "gguf/toy_7b/kind/random_0.gguf"});
  CHECK(files[2].n_vectors == 1);
  CHECK(files[2].layers == std::vector<std::int32_t>{3});
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x"), files[2].bytes());
  CHECK(tests::read_file(scratch.file("x")) == files[2].bytes());
  const storage::GgufFile file(scratch.file("x"));
  CHECK(file.text("general.architecture") == "controlvector");
  CHECK(file.text("controlvector.model_hint") == "gemma3");
  CHECK(file.integer("controlvector.layer_count") == 1);
  CHECK(file.text("coxswain.model_digest") == "d16e57");
  REQUIRE(file.tensors().size() == 1);
  const storage::StoredWeight& direction = file.tensors().at("direction.3");
  CHECK(direction.shape == std::vector<std::int64_t>{4});
  CHECK(tests::read_file(scratch.file("x"))
            .substr(direction.offset, direction.length) ==
        storage::make_array(std::vector<float>{5, 6, 7, 8}, {4}).bytes);
}

TEST_CASE("two of a kind at one layer are never added together",
          "[runner][export_files]") {
  storage::Results results = exportable_results();
  add_random(results, 3, {1, 0, 0, 0});
  add_random(results, 3, {0, 1, 0, 0});
  const ExportedVectors vectors = exported_vectors(results);
  const auto files = control_vector_files(results, vectors);
  CHECK(names(files) ==
        std::vector<std::string>{"gguf/toy_7b/_._curt/original.gguf",
                                 "gguf/toy_7b/kind/original.gguf",
                                 "gguf/toy_7b/kind/random_0.gguf",
                                 "gguf/toy_7b/kind/random_0_2.gguf"});
  CHECK(files[2].bytes() != files[3].bytes());
}

TEST_CASE("tables are called as in the results", "[runner][export_files]") {
  const storage::Results results = exportable_results();
  const auto files = table_files(results);
  const auto found = names(files);
  CHECK(std::ranges::count(found, "names/parts.csv") == 1);
  CHECK(std::ranges::count(found, "derived/item_slopes.csv") == 1);
  for (const storage::TableSchema* schema : storage::all_schemas()) {
    if (!schema->path.starts_with("tables/")) continue;
    INFO(schema->path);
    CHECK(std::ranges::count(found, schema->path + ".csv") == 1);
  }
  const auto vectors =
      std::ranges::find(files, "tables/vectors.csv", &ExportFile::name);
  const std::string text = vectors->bytes();
  CHECK(std::ranges::count(text, '\n') == 5);
}

TEST_CASE("a family is called as its models' GGUF files have it",
          "[runner][export_files]") {
  for (const jobs::Family* family :
       {&jobs::kGemmaFamily, &jobs::kGemma2Family, &jobs::kGemma3Family,
        &jobs::kGpt2Family, &jobs::kGptNeoxFamily, &jobs::kLlamaFamily,
        &jobs::kQwen2Family, &jobs::kQwen3Family}) {
    CHECK(gguf_architecture(family->model_type) == family->gguf_name);
  }
  // Converted, these say that they are llamas.
  CHECK(gguf_architecture("mistral") == "llama");
}
