#include "storage/models/quantisation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "storage/tensors/safetensors.hpp"

using namespace coxswain::storage;

namespace {

const std::string kBlocks =
    COXSWAIN_SOURCE_DIR "/tests/data/quantisations/blocks.safetensors";

}  // namespace

TEST_CASE("every quantisation unpacks to gguf-py's own numbers",
          "[storage][quantisation]") {
  const ArrayMap blocks = read_safetensors(kBlocks);
  int kinds = 0;
  for (const auto& [name, array] : blocks) {
    if (!name.ends_with(".packed")) continue;
    const std::string kind = name.substr(0, name.find('.'));
    INFO(kind);
    const Quantisation* quantisation = quantisation_named(kind);
    REQUIRE(quantisation != nullptr);
    CHECK(&quantisation_of(quantisation->id, "") == quantisation);
    const std::vector<float> expected = floats(blocks.at(kind + ".values"));
    std::vector<float> values(expected.size());
    dequantise(*quantisation, array.bytes, DType::f32, values.data());
    CHECK(values == expected);  // bit for bit
    ++kinds;
  }
  CHECK(kinds == 12);
}

TEST_CASE("quantised blocks go to float64 and bfloat16 as well",
          "[storage][quantisation]") {
  const ArrayMap blocks = read_safetensors(kBlocks);
  const std::vector<float> expected = floats(blocks.at("Q5_K.values"));
  const Array& packed = blocks.at("Q5_K.packed");
  std::vector<double> wide(expected.size());
  dequantise(*quantisation_named("Q5_K"), packed.bytes, DType::f64,
             wide.data());
  CHECK(wide == std::vector<double>(expected.begin(), expected.end()));
  Array narrow{DType::bf16, {std::ssize(expected)}, {}};
  narrow.bytes.resize(expected.size() * 2);
  dequantise(*quantisation_named("Q5_K"), packed.bytes, DType::bf16,
             narrow.bytes.data());
  const std::vector<float> rounded = floats(narrow);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    REQUIRE(std::abs(rounded[i] - expected[i]) <= std::abs(expected[i]) / 256);
  }
}

TEST_CASE("a quantisation we can't read is named", "[storage][quantisation]") {
  CHECK_THROWS_WITH(quantisation_of(19, "m.gguf: blk.0.attn_q.weight"),
                    Catch::Contains("m.gguf: blk.0.attn_q.weight") &&
                        Catch::Contains("19") && Catch::Contains("Q4_K"));
  CHECK(quantisation_named("IQ2_XXS") == nullptr);
}
