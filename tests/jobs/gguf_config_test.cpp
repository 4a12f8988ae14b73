// GGUF files that ask for more than is computed, or hold no model.

#include "jobs/model/config/gguf_config.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "jobs/model/checkpoint/checkpoint.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using tests::GgufMaker;

namespace {

Checkpoint opened(const GgufMaker& model) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m.gguf"), model.bytes());
  return open_checkpoint(scratch.file("m.gguf"));
}

GgufMaker changed(const std::function<void(GgufMaker&)>& change) {
  GgufMaker model = tests::toy_llama();
  change(model);
  return model;
}

// What opening it says; empty if it opens.
std::string error(const std::function<void(GgufMaker&)>& change) {
  return tests::error_of([&] { opened(changed(change)); });
}

std::string notes(const std::function<void(GgufMaker&)>& change) {
  std::string all;
  for (const std::string& note : opened(changed(change)).notes) {
    all += note + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("a factor of rotation counts without a type, as in llama.cpp",
          "[jobs][gguf_config]") {
  const auto divisors = [](const std::function<void(GgufMaker&)>& change) {
    return opened(changed(change)).architecture.rope.divisors;
  };
  const std::vector<double> four(4, 4.0);
  CHECK(divisors([](GgufMaker&) {}).empty());
  CHECK(divisors([](GgufMaker& m) {
          m.number("llama.rope.scaling.factor", 4);
        }) == four);
  CHECK(divisors([](GgufMaker& m) {
          m.number("llama.rope.scale_linear", 4);
        }) == four);
  // The new key counts where both are there, 0 is as good as nothing.
  CHECK(divisors([](GgufMaker& m) {
          m.number("llama.rope.scaling.factor", 4);
          m.number("llama.rope.scale_linear", 2);
        }) == four);
  CHECK(divisors([](GgufMaker& m) {
          m.number("llama.rope.scaling.factor", 0);
        }).empty());
  CHECK(divisors([](GgufMaker& m) {
          m.text("llama.rope.scaling.type", "linear");
        }).empty());
  CHECK(divisors([](GgufMaker& m) {
          m.text("llama.rope.scaling.type", "none");
          m.number("llama.rope.scaling.factor", 4);
        }).empty());
  // Divisors of the file's own are scaled on top.
  CHECK(divisors([](GgufMaker& m) {
          m.tensor("rope_freqs.weight", {4}, {1, 1, 2, 8});
          m.number("llama.rope.scaling.factor", 4);
        }) == std::vector<double>{4, 4, 8, 32});
}

TEST_CASE("settings that are not computed are refused by their key",
          "[jobs][gguf_config]") {
  const auto number = [](const char* key, float value) {
    return error([&](GgufMaker& m) { m.number(key, value); });
  };
  for (const char* key :
       {"llama.attention.clamp_kqv", "llama.attention.max_alibi_bias",
        "llama.logit_scale", "llama.rope.scaling.attn_factor",
        "llama.attention.scale", "llama.attention.temperature_scale",
        "llama.rope.scaling.yarn_ext_factor"}) {
    INFO(key);
    CHECK_THAT(number(key, 8), Catch::Contains(std::string(key) + ": 8"));
    // Zero means "not set" in this format.
    CHECK(number(key, 0).empty());
  }
  CHECK(number("llama.rope.scaling.attn_factor", 1).empty());
  CHECK_THAT(
      error([](GgufMaker& m) { m.flag("llama.attention.causal", false); }),
      Catch::Contains("llama.attention.causal"));
  CHECK(error([](GgufMaker& m) {
          m.flag("llama.attention.causal", true);
        }).empty());
  CHECK_THAT(error([](GgufMaker& m) {
               m.text("llama.rope.scaling.type", "yarn");
               m.number("llama.rope.scaling.factor", 4);
             }),
             Catch::Contains("llama.rope.scaling.type: \"yarn\""));
  CHECK_THAT(error([](GgufMaker& m) {
               m.integers("llama.rope.dimension_sections", {2, 1, 1, 0});
             }),
             Catch::Contains("llama.rope.dimension_sections"));
  CHECK_THAT(error([](GgufMaker& m) { m.integer("llama.expert_count", 8); }),
             Catch::Contains("llama.expert_count: 8"));
  CHECK_THAT(
      error([](GgufMaker& m) { m.integer("llama.attention.value_length", 4); }),
      Catch::Contains("llama.attention.value_length: 4"));
  CHECK_THAT(error([](GgufMaker& m) {
               m.integer("llama.attention.key_length_swa", 4);
             }),
             Catch::Contains("key_length_swa"));
  CHECK_THAT(
      error([](GgufMaker& m) { m.integer("llama.rope.dimension_count", 4); }),
      Catch::Contains("llama.rope.dimension_count: 4"));
  CHECK_THAT(number("llama.attention.layer_norm_rms_epsilon",
                    std::numeric_limits<float>::quiet_NaN()),
             Catch::Contains("llama.attention.layer_norm_rms_epsilon") &&
                 Catch::Contains("a finite number"));
  CHECK_THAT(number("llama.rope.freq_base", -1),
             Catch::Contains("llama.rope.freq_base"));
}

TEST_CASE("lists of one number a layer are taken where they are all the same",
          "[jobs][gguf_config]") {
  CHECK(opened(changed([](GgufMaker& m) {
          m.integers("llama.attention.head_count_kv", {2, 2, 2, 2});
        })).architecture.n_kv_heads == 2);
  CHECK_THAT(error([](GgufMaker& m) {
               m.integers("llama.attention.head_count_kv", {2, 2, 1, 2});
             }),
             Catch::Contains("llama.attention.head_count_kv: numbers that "
                             "differ from layer to layer"));
  CHECK_THAT(error([](GgufMaker& m) {
               m.integers("llama.feed_forward_length", {48, 48, 24, 48});
             }),
             Catch::Contains("llama.feed_forward_length"));
  CHECK_THAT(error([](GgufMaker& m) { m.integers("llama.block_count", {}); }),
             Catch::Contains("llama.block_count"));
}

TEST_CASE("keys of the architecture that nothing reads are told",
          "[jobs][gguf_config]") {
  CHECK(notes([](GgufMaker&) {}).empty());
  CHECK_THAT(notes([](GgufMaker& m) {
               m.integer("llama.attention.sliding_window", 8);
             }),
             Catch::Contains("llama.attention.sliding_window"));
  CHECK_THAT(
      notes([](GgufMaker& m) { m.flag("llama.use_parallel_residual", true); }),
      Catch::Contains("llama.use_parallel_residual"));
  CHECK_THAT(
      notes([](GgufMaker& m) { m.number("llama.attn_logit_softcapping", 5); }),
      Catch::Contains("llama.attn_logit_softcapping"));
  CHECK_THAT(notes([](GgufMaker& m) { m.number("llama.own.setting", 5); }),
             Catch::Contains("llama.own.setting"));
  CHECK(notes([](GgufMaker& m) {
          m.integer("llama.vocab_size", 262);
          m.text("llama.tensor_data_layout", "Meta AI original pth");
          m.integer("llama.rope.scaling.original_context_length", 512);
          m.flag("llama.rope.scaling.finetuned", false);
          m.text("general.name", "toy");
        }).empty());
}

TEST_CASE("files that hold no whole model are called what they are",
          "[jobs][gguf_config]") {
  const auto typed = [](const char* type) {
    return error([&](GgufMaker& m) { m.text("general.type", type); });
  };
  CHECK(typed("model").empty());
  CHECK_THAT(typed("adapter"), Catch::Contains("LoRA"));
  CHECK_THAT(typed("mmproj"), Catch::Contains("a projector"));
  CHECK_THAT(typed("imatrix"), Catch::Contains("an importance matrix"));
  CHECK_THAT(
      error([](GgufMaker& m) { m.text("general.architecture", "clip"); }),
      Catch::Contains("a projector"));
  CHECK_THAT(error([](GgufMaker& m) {
               m.text("general.architecture", "controlvector");
             }),
             Catch::Contains("a control vector"));
  CHECK_THAT(error([](GgufMaker& m) { m.integer("split.count", 4); }),
             Catch::Contains("one of 4 parts") &&
                 Catch::Contains("llama-gguf-split --merge"));
  CHECK(error([](GgufMaker& m) { m.integer("split.count", 1); }).empty());
  CHECK_THAT(error([](GgufMaker& m) { m.tensors.clear(); }),
             Catch::Contains("a vocabulary alone"));
  CHECK_THAT(
      error([](GgufMaker& m) { m.text("general.architecture", "rwkv"); }),
      Catch::Contains("rwkv") && Catch::Contains("gemma3"));
}
