// Gemma 3, the text model: Gemma 2 with norms on queries and keys in the place
// of soft-caps, five layers with a window to one without, and a rotation of
// their own for those.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

// The bases of rotation in layers without a window and with one.
constexpr double kTheta = 1e6, kWindowTheta = 10000;

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
  config.set_default("sliding_window", 4096);
  config.set_default("sliding_window_pattern", 6);
}

// transformers 5 writes one table for the two kinds of layers.
void read_two_ropes(Config& config, Architecture& model) {
  const Config both = config.table("rope_parameters");
  const auto rope = [&](const char* kind, const char* key, double theta) {
    if (!both.has(kind)) {
      both.refuse(kind, "a table for each kind of layers",
                  "transformers 5 writes full_attention and sliding_attention");
    }
    const Config table = both.table(kind);
    const Rope read =
        read_rope_table(table, model.rotary_dims, config.number_or(key, theta));
    config.note_all(table);
    if (config.has(key) && config.number(key) != read.theta) {
      config.refuse(key, "that of rope_parameters, or none",
                    "versions of transformers take one or the other: say it "
                    "once");
    }
    return read;
  };
  model.rope = rope("full_attention", "rope_theta", kTheta);
  model.window_rope =
      rope("sliding_attention", "rope_local_base_freq", kWindowTheta);
  if (config.has("rope_scaling")) {
    // transformers 5 adds it to full_attention, where a "type" loses to the
    // rope_type that is there.
    if (!config.table("rope_scaling").has("rope_type")) {
      config.refuse("rope_scaling", "a rope_type in it",
                    "write the scaling into rope_parameters' full_attention");
    }
    config.set_default("rope_theta", kTheta);
    model.rope = added_scaling(config, model.rope,
                               read_scaled_rope(config, model.rotary_dims));
  }
}

void read_ropes(Config& config, Architecture& model) {
  if (config.has("rope_parameters")) return read_two_ropes(config, model);
  config.set_default("rope_theta", kTheta);
  model.rope = read_scaled_rope(config, model.rotary_dims);
  model.window_rope = {config.number_or("rope_local_base_freq", kWindowTheta),
                       {}};
  if (!(model.window_rope.theta > 0)) {
    config.refuse("rope_local_base_freq", "a positive base");
  }
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
  model.embedding_scale = gemma_embedding_scale(model);
  model.activation =
      read_gemma_activation(config, "hidden_activation", "hidden_act");
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", false);
  model.output_norms = model.query_key_norm = true;
  model.attention_scale = gemma_attention_scale(config, model);
  model.attention_softcap = read_softcap(config, "attn_logit_softcapping");
  model.final_softcap = read_softcap(config, "final_logit_softcapping");
  return model;
}

}  // namespace

const Family kGemma3Family{"gemma3_text", "gemma3", describe,
                           gemma_norm_names(huggingface_names()), gguf_names()};

}  // namespace coxswain::jobs
