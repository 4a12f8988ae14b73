// GPT-2: learned positions, layer norms, biases everywhere, no gate.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  config.rename("n_embd", "hidden_size");
  config.rename("n_layer", "num_hidden_layers");
  config.rename("n_head", "num_attention_heads");
  config.rename("n_positions", "max_position_embeddings");
  config.rename("layer_norm_epsilon", "layer_norm_eps");
  config.rename("n_inner", "intermediate_size");
  if (!config.has("intermediate_size") &&
      config.integer("hidden_size") < (1 << 24)) {
    config.set_default("intermediate_size", 4 * config.integer("hidden_size"));
  }
  config.refuse_unless("num_key_value_heads",
                       config.integer("num_attention_heads"));
  config.refuse_unless("scale_attn_weights", true);
  config.refuse_unless("scale_attn_by_inverse_layer_idx", false);
  Architecture model = read_decoder(
      config, {.tied_unembedding = true, .epsilon = "layer_norm_eps"});
  model.norm = NormKind::layer;
  model.learned_positions = true;
  model.rotary_dims = 0;
  model.gated_mlp = false;
  model.activation = read_activation(config, "activation_function", "gelu_new");
  model.qkv_bias = model.attention_output_bias = model.mlp_bias = true;
  return model;
}

TensorNames huggingface() {
  TensorNames names;
  names.prefixes = {"transformer.", ""};
  names.embedding = "wte";
  names.positions = "wpe";
  names.final_norm = "ln_f";
  names.unembedding = "lm_head";
  names.block = "h.";
  names.attention_norm = "ln_1";
  names.qkv = "attn.c_attn";
  names.attention_output = "attn.c_proj";
  names.mlp_norm = "ln_2";
  names.up = "mlp.c_fc";
  names.down = "mlp.c_proj";
  names.buffers = {".attn.bias", ".attn.masked_bias"};
  names.matrices = TensorNames::Matrices::in_out;
  return names;
}

TensorNames gguf() {
  TensorNames names = gguf_names();
  names.qkv = "attn_qkv";
  return names;
}

}  // namespace

const Family kGpt2Family{"gpt2", "gpt2", describe, huggingface(), gguf()};

}  // namespace coxswain::jobs
