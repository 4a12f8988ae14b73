// Gemma 3, the text model: Gemma 2 with norms on queries and keys in the place
// of soft-caps, five layers with a window to one without, and a rotation of
// their own for those.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

// What transformers takes for gemma3_text where a file says nothing: the text
// settings inside multimodal files hold only what differs from it, and GGUF
// files have neither the pattern nor the base of the windowed layers.
void set_defaults(Config& config) {
  config.set_default("num_attention_heads", 8);
  config.set_default("num_key_value_heads", 4);
  config.set_default("head_dim", 256);
  config.set_default("vocab_size", 262208);
  config.set_default("max_position_embeddings", 131072);
  config.set_default("rms_norm_eps", 1e-6);
  config.set_default("rope_theta", 1e6);
  config.set_default("rope_local_base_freq", 10000.0);
  config.set_default("sliding_window", 4096);
  config.set_default("sliding_window_pattern", 6);
}

// transformers 5 writes one table for the two kinds of layers.
void read_ropes(Config& config, Architecture& model) {
  if (config.has("rope_parameters")) {
    const Config both = config.table("rope_parameters");
    model.rope = read_rope(both, model.rotary_dims, "full_attention");
    model.window_rope = read_rope(both, model.rotary_dims, "sliding_attention");
    return;
  }
  read_one_rope(config, model);
  model.window_rope = {config.number("rope_local_base_freq"), {}};
}

Architecture describe(Config& config) {
  set_defaults(config);
  Architecture model = read_decoder(config, {.tied_unembedding = true});
  read_ropes(config, model);
  const std::int64_t pattern = config.integer("sliding_window_pattern");
  if (pattern <= 0) config.refuse("sliding_window_pattern", "a count");
  model.windows = read_windows(
      config, model.n_layers, config.integer("sliding_window"),
      [&](std::int64_t block) { return (block + 1) % pattern != 0; });
  read_gemma_embedding(config, model);
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", false);
  model.output_norms = model.query_key_norm = true;
  model.attention_scale = gemma_attention_scale(config, model);
  model.attention_softcap = config.number_or("attn_logit_softcapping", 0);
  model.final_softcap = config.number_or("final_logit_softcapping", 0);
  config.refuse_unless("use_bidirectional_attention", false);
  return model;
}

}  // namespace

const Family kGemma3Family{"gemma3_text", "gemma3", describe,
                           gemma_norm_names(huggingface_names()), gguf_names()};

}  // namespace coxswain::jobs
