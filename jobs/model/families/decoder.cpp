#include "jobs/model/families/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// A limit on what a header can ask for, far above any model.
constexpr std::int64_t kLargest = 1 << 24;

std::int64_t size(const Config& config, const std::string& key) {
  const std::int64_t value = config.integer(key);
  if (value <= 0 || value > kLargest) {
    config.refuse(key, "a size", "the file is damaged");
  }
  return value;
}

// Llama 3.1's scaling: low frequencies are divided by the factor, high ones
// kept, those between blended (transformers, modeling_rope_utils).
std::vector<double> llama3_divisors(const Config& scaling, double theta,
                                    std::int64_t dims) {
  const double factor = scaling.number("factor");
  const double low = scaling.number("low_freq_factor");
  const double high = scaling.number("high_freq_factor");
  const double original = scaling.number("original_max_position_embeddings");
  if (low >= high) {
    scaling.refuse("low_freq_factor", "less than high_freq_factor");
  }
  std::vector<double> divisors;
  for (std::int64_t j = 0; j < dims / 2; ++j) {
    const double frequency = std::pow(
        theta, -2.0 * static_cast<double>(j) / static_cast<double>(dims));
    const double wavelength = 2 * std::numbers::pi / frequency;
    const double kept =
        std::clamp((original / wavelength - low) / (high - low), 0.0, 1.0);
    divisors.push_back(1 / (kept + (1 - kept) / factor));
  }
  return divisors;
}

// What part of a head turns, under the names that versions of transformers have
// for it; 1 where nothing is said.
double rotary_share(const Config& config) {
  for (const char* key : {"rotary_pct", "partial_rotary_factor"}) {
    if (config.has(key)) return config.number(key);
  }
  if (!config.has("rope_parameters")) return 1;
  return config.table("rope_parameters").number_or("partial_rotary_factor", 1);
}

// How many leading coordinates of a head turn. GGUF has the number itself.
std::int64_t read_rotary_dims(const Config& config, std::int64_t d_head) {
  std::int64_t dims = config.integer_or("rotary_dims", 0);
  if (dims == 0) {
    dims = static_cast<std::int64_t>(static_cast<double>(d_head) *
                                     rotary_share(config));
  }
  if (dims <= 0 || dims > d_head || dims % 2 != 0) {
    config.refuse("rotary_pct",
                  "an even number of coordinates of " + std::to_string(d_head));
  }
  return dims;
}

}  // namespace

Architecture read_decoder(const Config& config,
                          const DecoderDefaults& defaults) {
  Architecture model;
  model.family = config.text("model_type");
  model.n_layers = size(config, "num_hidden_layers");
  model.d_model = size(config, "hidden_size");
  model.n_heads = size(config, "num_attention_heads");
  model.n_kv_heads = config.integer_or("num_key_value_heads", model.n_heads);
  model.d_mlp = size(config, "intermediate_size");
  model.d_vocab = size(config, "vocab_size");
  model.n_ctx = size(config, "max_position_embeddings");
  if (model.n_layers > 10000) config.refuse("num_hidden_layers", "fewer");
  if (model.n_kv_heads <= 0 || model.n_heads % model.n_kv_heads != 0) {
    config.refuse("num_key_value_heads", "a divisor of num_attention_heads, " +
                                             std::to_string(model.n_heads));
  }
  // Where head_dim is said, heads may be wider than d_model / n_heads (Gemma).
  if (!config.has("head_dim") && model.d_model % model.n_heads != 0) {
    config.refuse("num_attention_heads",
                  "a divisor of hidden_size, " + std::to_string(model.d_model));
  }
  model.d_head = config.integer_or("head_dim", model.d_model / model.n_heads);
  if (model.d_head <= 0 || model.d_head % 2 != 0 || model.d_head > kLargest) {
    config.refuse("head_dim", "an even width");
  }
  const char* epsilon =
      config.has("rms_norm_eps") ? "rms_norm_eps" : "layer_norm_eps";
  model.norm_epsilon = config.number(epsilon);
  model.rotary_dims = read_rotary_dims(config, model.d_head);
  model.attention_scale = 1 / std::sqrt(static_cast<double>(model.d_head));
  model.windows.assign(static_cast<std::size_t>(model.n_layers), 0);
  model.tied_unembedding =
      config.flag_or("tie_word_embeddings", defaults.tied_unembedding);
  for (const char* key : {"quantization_config", "num_local_experts"}) {
    if (config.has(key)) config.refuse(key, "none of it", "take plain weights");
  }
  return model;
}

Rope read_rope(const Config& config, std::int64_t dims,
               const std::string& scaling_key) {
  Rope rope;
  rope.theta = config.number_or("rope_theta", rope.theta);
  if (!(rope.theta > 0)) config.refuse("rope_theta", "a positive base");
  if (config.has("rope_divisors")) {  // GGUF stores them ready
    rope.divisors = config.numbers("rope_divisors");
    if (std::ssize(rope.divisors) != dims / 2) {
      config.refuse("rope_divisors", std::to_string(dims / 2) + " of them");
    }
    return rope;
  }
  // What transformers 5 writes holds base and scaling in one table.
  const std::string key =
      config.has("rope_parameters") ? "rope_parameters" : scaling_key;
  if (!config.has(key)) return rope;
  const Config scaling = config.table(key);
  rope.theta = scaling.number_or("rope_theta", rope.theta);
  if (!(rope.theta > 0)) scaling.refuse("rope_theta", "a positive base");
  if (!(scaling.number_or("factor", 1) > 0)) {
    scaling.refuse("factor", "more than 0");
  }
  const std::string kind =
      scaling.text_or("rope_type", scaling.text_or("type", ""));
  if (kind == "linear") {
    rope.divisors.assign(static_cast<std::size_t>(dims / 2),
                         scaling.number("factor"));
  } else if (kind == "llama3") {
    rope.divisors = llama3_divisors(scaling, rope.theta, dims);
  } else if (kind != "default") {
    config.refuse(key, "rope_type default, linear or llama3");
  }
  return rope;
}

void read_one_rope(const Config& config, Architecture& model) {
  model.rope = read_rope(config, model.rotary_dims, "rope_scaling");
  model.window_rope = model.rope;
}

std::vector<std::int64_t> read_windows(
    const Config& config, std::int64_t n_layers, std::int64_t window,
    const std::function<bool(std::int64_t block)>& slides) {
  std::vector<std::string> kinds;
  if (config.has("layer_types")) {
    kinds = config.texts("layer_types");
    if (std::ssize(kinds) != n_layers) {
      config.refuse("layer_types", std::to_string(n_layers) + " of them");
    }
  }
  std::vector<std::int64_t> windows;
  for (std::int64_t block = 0; block < n_layers; ++block) {
    bool slide = false;
    if (kinds.empty()) {
      slide = slides(block);
    } else {
      const std::string& kind = kinds[static_cast<std::size_t>(block)];
      slide = kind == "sliding_attention";
      if (!slide && kind != "full_attention") {
        config.refuse("layer_types", "full_attention or sliding_attention");
      }
    }
    if (slide && window <= 0) {
      config.refuse("sliding_window", "a width, as some layers slide");
    }
    windows.push_back(slide ? window : 0);
  }
  return windows;
}

Activation read_activation(const Config& config, const std::string& key,
                           const std::string& other) {
  const std::string name = config.text_or(key, other);
  if (name == "silu" || name == "swish") return Activation::silu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" ||
      name == "gelu_fast") {
    return Activation::gelu_tanh;
  }
  if (name == "gelu") return Activation::gelu_erf;
  config.refuse(key, "silu, gelu, gelu_new or gelu_pytorch_tanh");
}

void read_qwen_windows(const Config& config, Architecture& model) {
  const bool used = config.flag_or("use_sliding_window", false);
  const std::int64_t from =
      used ? config.integer("max_window_layers") : model.n_layers;
  model.windows = read_windows(
      config, model.n_layers, config.integer_or("sliding_window", 0),
      [&](std::int64_t block) { return used && block >= from; });
}

void read_gemma_embedding(const Config& config, Architecture& model) {
  model.embedding_scale = std::sqrt(static_cast<double>(model.d_model));
  // Where only the old hidden_act says "gelu", the tanh form is meant: it is
  // what Google's own code computes (transformers takes the word literally).
  model.activation = config.has("hidden_activation")
                         ? read_activation(config, "hidden_activation", "")
                         : Activation::gelu_tanh;
  if (config.has("hidden_act") && !config.has("hidden_activation") &&
      read_activation(config, "hidden_act", "") == Activation::silu) {
    config.refuse("hidden_act", "gelu_pytorch_tanh");
  }
}

// GGUF files lack the number: llama.cpp takes the head's width, but for the
// 27 billion parameters of 46 (Gemma 2) or 62 (Gemma 3) layers.
double gemma_attention_scale(const Config& config, const Architecture& model) {
  const bool largest = model.n_layers == 46 || model.n_layers == 62;
  const std::int64_t other =
      largest ? model.d_model / model.n_heads : model.d_head;
  const double scalar =
      config.number_or("query_pre_attn_scalar", static_cast<double>(other));
  if (!(scalar > 0)) config.refuse("query_pre_attn_scalar", "more than 0");
  return 1 / std::sqrt(scalar);
}

TensorNames huggingface_names() {
  TensorNames names;
  names.prefixes = {"model.", "", "language_model.model.",
                    "model.language_model."};
  names.unembedding_prefixes = {"", "language_model."};
  names.embedding = "embed_tokens";
  names.final_norm = "norm";
  names.unembedding = "lm_head";
  names.block = "layers.";
  names.attention_norm = "input_layernorm";
  names.query = "self_attn.q_proj";
  names.key = "self_attn.k_proj";
  names.value = "self_attn.v_proj";
  names.query_norm = "self_attn.q_norm";
  names.key_norm = "self_attn.k_norm";
  names.attention_output = "self_attn.o_proj";
  names.mlp_norm = "post_attention_layernorm";
  names.gate = "mlp.gate_proj";
  names.up = "mlp.up_proj";
  names.down = "mlp.down_proj";
  names.buffers = {"rotary_emb.inv_freq"};
  return names;
}

TensorNames gguf_names() {
  TensorNames names;
  names.embedding = "token_embd";
  names.positions = "position_embd";
  names.final_norm = "output_norm";
  names.unembedding = "output";
  names.block = "blk.";
  names.attention_norm = "attn_norm";
  names.query = "attn_q";
  names.key = "attn_k";
  names.value = "attn_v";
  names.query_norm = "attn_q_norm";
  names.key_norm = "attn_k_norm";
  names.attention_output = "attn_output";
  names.attention_output_norm = "post_attention_norm";
  names.mlp_norm = "ffn_norm";
  names.gate = "ffn_gate";
  names.up = "ffn_up";
  names.down = "ffn_down";
  names.mlp_output_norm = "post_ffw_norm";
  names.buffers = {"rope_freqs.weight"};  // read with the header
  return names;
}

TensorNames gemma_norm_names(TensorNames names) {
  names.attention_output_norm = "post_attention_layernorm";
  names.mlp_norm = "pre_feedforward_layernorm";
  names.mlp_output_norm = "post_feedforward_layernorm";
  names.norm_offset = 1;
  return names;
}

}  // namespace coxswain::jobs
