// Llama 1 to 3, SmolLM2 and their relatives.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  Architecture model = read_decoder(config, {});
  read_one_rope(config, model);
  model.activation = read_activation(config, "hidden_act", "silu");
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", false);
  model.mlp_bias = config.flag_or("mlp_bias", false);
  return model;
}

// GGUF files of this family hold the rows of q and k in pairs that turn
// together.
TensorNames gguf() {
  TensorNames names = gguf_names();
  names.rotary = TensorNames::Rotary::pairs;
  return names;
}

}  // namespace

const Family kLlamaFamily{"llama", "llama", describe, huggingface_names(),
                          gguf()};

}  // namespace coxswain::jobs
