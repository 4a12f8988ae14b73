// GPT-NeoX and Pythia: layer norms, biases, rotation of a part of each head,
// and (nearly always) attention and MLP side by side.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  config.rename("rotary_emb_base", "rope_theta");
  config.refuse_unless("num_key_value_heads",
                       config.integer("num_attention_heads"));
  // GPT-NeoX turns a part of each head: a file that does not say which part
  // can't be read as one that turns all of it.
  if (!config.has("gguf.rotary_dims") && !config.has("rope_parameters") &&
      !config.has("partial_rotary_factor")) {
    config.number("rotary_pct");
  }
  Architecture model = read_decoder(
      config, {.epsilon = "layer_norm_eps", .partial_rotation = true});
  model.norm = NormKind::layer;
  model.parallel_residual = config.flag_or("use_parallel_residual", true);
  read_one_rope(config, model);
  model.gated_mlp = false;
  model.activation = read_activation(config, "hidden_act", "gelu");
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", true);
  model.mlp_bias = true;
  return model;
}

TensorNames huggingface() {
  TensorNames names;
  names.prefixes = {"gpt_neox.", ""};
  names.embedding = "embed_in";
  names.final_norm = "final_layer_norm";
  names.unembedding = "embed_out";
  names.block = "layers.";
  names.attention_norm = "input_layernorm";
  names.qkv = "attention.query_key_value";
  names.attention_output = "attention.dense";
  names.mlp_norm = "post_attention_layernorm";
  names.up = "mlp.dense_h_to_4h";
  names.down = "mlp.dense_4h_to_h";
  names.buffers = {"attention.bias", "attention.masked_bias",
                   "rotary_emb.inv_freq"};
  names.fused = TensorNames::Fused::by_head;
  return names;
}

TensorNames gguf() {
  TensorNames names = gguf_names();
  names.qkv = "attn_qkv";
  return names;
}

}  // namespace

const Family kGptNeoxFamily{"gpt_neox", "gptneox", describe, huggingface(),
                            gguf()};

}  // namespace coxswain::jobs
