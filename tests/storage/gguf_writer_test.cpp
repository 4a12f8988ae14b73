#include "storage/models/gguf_writer.hpp"

#include <catch2/catch.hpp>

#include "storage/models/gguf.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

Array vector_of(const std::vector<float>& values) {
  return make_array(std::span<const float>(values),
                    {static_cast<std::int64_t>(values.size())});
}

GgufContents control_vector() {
  return {{{"general.architecture", "controlvector"},
           {"controlvector.model_hint", "llama"},
           {"controlvector.layer_count", 2U},
           {"note", "güte"}},
          {{"direction.10", vector_of({1, -2, 0.5F})},
           {"direction.9", vector_of({0, 4, 8})}}};
}

std::string refused(const GgufContents& contents) {
  return tests::error_of([&] { to_gguf(contents, "out.gguf"); });
}

}  // namespace

TEST_CASE("what is written is read back", "[storage][gguf_writer]") {
  const tests::Scratch scratch;
  const std::string bytes = to_gguf(control_vector(), "x");
  CHECK(bytes == to_gguf(control_vector(), "y"));
  CHECK(bytes.size() % 32 == 0);
  tests::write_file(scratch.file("x"), bytes);
  const GgufFile file(scratch.file("x"));
  CHECK(file.text("general.architecture") == "controlvector");
  CHECK(file.text("controlvector.model_hint") == "llama");
  CHECK(file.integer("controlvector.layer_count") == 2);
  CHECK(file.text("note") == "güte");
  REQUIRE(file.tensors().size() == 2);
  const WeightFile weights = file.weights();
  for (const auto& [name, array] : control_vector().tensors) {
    const StoredWeight& tensor = file.tensors().at(name);
    CHECK(tensor.shape == array.shape);
    CHECK(tensor.offset % 32 == 0);
    CHECK(bytes.substr(tensor.offset, tensor.length) == array.bytes);
  }
}

TEST_CASE("axes lie as the format has them: the fastest first",
          "[storage][gguf_writer]") {
  const tests::Scratch scratch;
  GgufContents contents = control_vector();
  contents.tensors = {{"m", vector_of({1, 2, 3, 4, 5, 6})}};
  contents.tensors[0].second.shape = {2, 3};
  tests::write_file(scratch.file("x"), to_gguf(contents, "x"));
  CHECK(GgufFile(scratch.file("x")).tensors().at("m").shape ==
        std::vector<std::int64_t>{2, 3});
}

TEST_CASE("a file without tensors is a file", "[storage][gguf_writer]") {
  const tests::Scratch scratch;
  GgufContents contents = control_vector();
  contents.tensors.clear();
  tests::write_file(scratch.file("x"), to_gguf(contents, "x"));
  CHECK(GgufFile(scratch.file("x")).tensors().empty());
}

TEST_CASE("what readers have no room for is refused by its name",
          "[storage][gguf_writer]") {
  GgufContents bad = control_vector();
  bad.metadata.erase(bad.metadata.begin());
  CHECK_THAT(refused(bad), Catch::Contains("out.gguf") &&
                               Catch::Contains("general.architecture"));
  bad = control_vector();
  bad.metadata.emplace_back("note", "again");
  CHECK_THAT(refused(bad), Catch::Contains("note: given twice"));
  bad = control_vector();
  bad.metadata.emplace_back("", "no key");
  CHECK_THAT(refused(bad), Catch::Contains("a key of 0 bytes"));
  bad = control_vector();
  bad.tensors[1].first = bad.tensors[0].first;
  CHECK_THAT(refused(bad), Catch::Contains("direction.10: given twice"));
  bad = control_vector();
  bad.tensors[0].first = std::string(64, 'n');
  CHECK_THAT(refused(bad), Catch::Contains("a name of 64 bytes"));
  bad.tensors[0].first.pop_back();
  CHECK(refused(bad).empty());
  bad = control_vector();
  bad.tensors[0].second.dtype = DType::i32;
  CHECK_THAT(refused(bad), Catch::Contains("direction.10: I32"));
  for (const std::vector<std::int64_t>& shape :
       std::vector<std::vector<std::int64_t>>{
           {}, {4}, {3, 0}, {-3}, {1, 1, 1, 1, 3}}) {
    bad = control_vector();
    bad.tensors[0].second.shape = shape;
    CHECK_THAT(refused(bad), Catch::Contains("direction.10"));
  }
}
