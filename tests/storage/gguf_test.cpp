#include "storage/models/gguf.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "storage/files/bytes.hpp"
#include "storage/tensors/array.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

std::string error_of_file(const std::string& bytes) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m.gguf"), bytes);
  return tests::error_of([&] { GgufFile file(scratch.file("m.gguf")); });
}

}  // namespace

TEST_CASE("metadata and tensors come back as written", "[storage][gguf]") {
  const tests::Scratch scratch;
  const tests::GgufMaker maker = tests::toy_llama();
  tests::write_file(scratch.file("m"), maker.bytes());
  const GgufFile file(scratch.file("m"));
  CHECK(file.text("general.architecture") == "llama");
  CHECK(file.integer("llama.block_count") == 4);
  CHECK(file.number("llama.rope.freq_base") == 10000.0);
  CHECK(file.texts("tokenizer.ggml.merges").front() == "t h");
  CHECK(file.tensors().size() == maker.tensors.size());
  const WeightFile weights = file.weights();
  CHECK(weights.weight("blk.1.ffn_down.weight").shape ==
        std::vector<std::int64_t>{32, 48});
  const std::string& written = maker.tensors.at("blk.3.attn_q.weight").bytes;
  std::string read(written.size(), '\0');
  weights.read("blk.3.attn_q.weight", DType::f32, read.data());
  CHECK(read == written);
}

TEST_CASE("a missing key or one of another kind is named", "[storage][gguf]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), tests::toy_llama().bytes());
  const GgufFile file(scratch.file("m"));
  CHECK_THROWS_WITH(file.text("no.such"), Catch::Contains("no.such"));
  CHECK_THROWS_WITH(file.integer("general.architecture"),
                    Catch::Contains("an integer"));
  CHECK_THROWS_WITH(file.weights().weight("no.tensor"),
                    Catch::Contains("no.tensor"));
}

TEST_CASE("files that are not whole GGUF are refused", "[storage][gguf]") {
  CHECK_THAT(error_of_file(""), Catch::Contains("not a GGUF file"));
  CHECK_THAT(error_of_file(std::string(100, 'x')),
             Catch::Contains("not a GGUF file"));
  const std::string good = tests::toy_llama().bytes();
  CHECK(error_of_file(good).empty());
  for (std::size_t cut = 0; cut + 32 < good.size(); cut += 173) {
    INFO("cut at " << cut);
    REQUIRE_FALSE(error_of_file(good.substr(0, cut)).empty());
  }
  std::string other = good;
  other[4] = 9;
  CHECK_THAT(error_of_file(other), Catch::Contains("GGUF version: 9"));
}

TEST_CASE("an unknown quantisation is refused by number", "[storage][gguf]") {
  tests::GgufMaker maker = tests::toy_llama();
  maker.tensors["blk.0.attn_q.weight"].type = 39;
  CHECK_THAT(error_of_file(maker.bytes()),
             Catch::Contains("ggml type 39") &&
                 Catch::Contains("blk.0.attn_q.weight"));
}

TEST_CASE("no damaged header crashes or is believed", "[storage][gguf]") {
  const std::string good = tests::toy_llama().bytes();
  std::mt19937 random(3);
  const tests::Scratch scratch;
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string bad = good;
    // The header is the first part of the file: damage it in eight places.
    for (int j = 0; j < 8; ++j) {
      bad[8 + random() % 6000] = static_cast<char>(random());
    }
    tests::write_file(scratch.file("m"), bad);
    refused +=
        tests::error_of([&] { GgufFile file(scratch.file("m")); }).empty() ? 0
                                                                           : 1;
  }
  CHECK(refused > 100);
}
