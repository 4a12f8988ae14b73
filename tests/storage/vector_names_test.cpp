#include "storage/vectors/vector_names.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::storage;

namespace {

void check(const std::string& tensor, int layer, const std::string& rest) {
  INFO(tensor);
  CHECK(layer_in(tensor).layer == layer);
  CHECK(layer_in(tensor).rest == rest);
  CHECK_FALSE(layer_in(tensor).two);
}

}  // namespace

TEST_CASE("the layer is the number behind its word, or the last one",
          "[storage][vector_names]") {
  check("layer_15", 15, "");
  check("Layer15", 15, "");
  check("layer-15", 15, "");
  check("15", 15, "");
  check("v15", 15, "v");
  check("mean_diff_15", 15, "mean_diff");
  check("direction.7", 7, "");
  check("model.layers.3.steer", 3, "model.steer");
  check("transformer.h.3", 3, "transformer");
  check("blocks.15.hook_resid_post", 15, "hook_resid_post");
  check("width_16/layer_2", 2, "width_16");
  check("layer_3/v_7", 3, "v_7");
  check("layer_3/layer_3", 3, "layer_3");
}

TEST_CASE("a name without a number of a layer says none",
          "[storage][vector_names]") {
  check("", -1, "");
  check("refusal", -1, "refusal");
  check("v2_mean", -1, "v2_mean");
  check("seed_20261130", -1, "seed_20261130");
  check("layer_", -1, "layer_");
  check("layer_99999/v", -1, "layer_99999/v");
  CHECK(layer_in("layer_1/layer_2").two);
  CHECK(layer_in("-1").from_end);
  CHECK(layer_in("layer_-15/probe").from_end);
  CHECK_FALSE(layer_in("layer-15").from_end);
  CHECK_FALSE(layer_in("probe-15").from_end);
  CHECK(layer_in("layer_1/v_2").by_word);
  CHECK_FALSE(layer_in("v_2").by_word);
}

TEST_CASE("places that are not resid_post are told by name",
          "[storage][vector_names]") {
  CHECK(other_place("blocks.3.hook_resid_pre") == "resid_pre");
  CHECK(other_place("Hidden_States.3") == "hidden_state");
  CHECK(other_place("blocks.3.hook_mlp_out") == "mlp_out");
  CHECK(other_place("model.layers.3.mlp") == "mlp");
  CHECK(other_place("model.layers.3.self_attn.o_proj") == "self_attn");
  CHECK(other_place("blocks.3.hook_attn_in") == "hook_attn_in");
  CHECK_FALSE(other_place("blocks.3.hook_resid_post"));
  CHECK_FALSE(other_place(""));
  CHECK_FALSE(other_place("mlp_probe_3"));
}
