// Qwen 3: Llama with norms on the queries and keys of every head.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  config.set_if_absent("head_dim", 128);
  Architecture model = read_decoder(config, {});
  read_one_rope(config, model);
  read_qwen_windows(config, model);
  model.activation = read_activation(config, "hidden_act", "silu");
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", false);
  model.query_key_norm = true;
  return model;
}

}  // namespace

const Family kQwen3Family{"qwen3", "qwen3", describe, huggingface_names(),
                          gguf_names()};

}  // namespace coxswain::jobs
