#include "jobs/model/families/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

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
  const char* said = nullptr;
  double share = 1;
  const auto take = [&](const Config& table, const char* key) {
    if (!table.has(key)) return;
    if (said != nullptr && table.number(key) != share) {
      table.refuse(key, "the same as " + std::string(said),
                   "the two are one setting: say it once");
    }
    said = key;
    share = table.number(key);
    if (!(share > 0 && share <= 1)) table.refuse(key, "a share, above 0 to 1");
  };
  take(config, "rotary_pct");
  take(config, "partial_rotary_factor");
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    if (config.has(key)) take(config.table(key), "partial_rotary_factor");
  }
  return share;
}

// How many leading coordinates of a head turn. GGUF has the number itself.
std::int64_t read_rotary_dims(const Config& config, std::int64_t d_head,
                              bool partial) {
  std::int64_t dims = config.integer_or("gguf.rotary_dims", 0);
  if (dims == 0 && partial) {
    dims = static_cast<std::int64_t>(static_cast<double>(d_head) *
                                     rotary_share(config));
  } else if (dims == 0) {
    // transformers itself breaks off on these families.
    config.refuse_unless("partial_rotary_factor", 1);
    for (const char* key : {"rope_parameters", "rope_scaling"}) {
      if (!config.has(key)) continue;
      config.table(key).refuse_unless("partial_rotary_factor", 1);
    }
    dims = d_head;
  }
  if (dims <= 0 || dims > d_head || dims % 2 != 0) {
    config.refuse(
        config.has("gguf.rotary_dims") ? "gguf.rotary_dims" : "rotary_pct",
        "an even number of coordinates of " + std::to_string(d_head));
  }
  return dims;
}

}  // namespace

void refuse_uncomputed(const Config& config) {
  for (const char* key : {"quantization_config", "compression_config",
                          "quantization", "num_local_experts"}) {
    if (config.has(key)) config.refuse(key, "none of it", "take plain weights");
  }
  config.refuse_unless("is_causal", true);
  config.refuse_unless("use_bidirectional_attention", false);
  config.refuse_unless("is_encoder_decoder", false);
  config.refuse_unless("add_cross_attention", false);
}

Architecture read_decoder(const Config& config,
                          const DecoderDefaults& defaults) {
  refuse_uncomputed(config);
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
  if (model.d_head <= 0 || model.d_head % 2 != 0 || model.d_head > 1 << 16) {
    config.refuse("head_dim", "an even width");
  }
  model.norm_epsilon = config.number(defaults.epsilon);
  if (model.norm_epsilon < 0) config.refuse(defaults.epsilon, "0 or more");
  model.rotary_dims =
      read_rotary_dims(config, model.d_head, defaults.partial_rotation);
  model.attention_scale = 1 / std::sqrt(static_cast<double>(model.d_head));
  model.windows.assign(static_cast<std::size_t>(model.n_layers), 0);
  model.tied_unembedding =
      config.flag_or("tie_word_embeddings", defaults.tied_unembedding);
  return model;
}

Rope read_rope_table(const Config& table, std::int64_t dims, double theta) {
  Rope rope;
  rope.theta = table.number_or("rope_theta", theta);
  if (!(rope.theta > 0)) table.refuse("rope_theta", "a positive base");
  std::string kind = table.text_or("rope_type", "");
  const std::string old = table.text_or("type", kind);
  if (kind.empty()) kind = old;
  if (kind != old) {
    table.refuse("type",
                 "rope_type's \"" + storage::printable(kind) + "\", or none",
                 "the two are one setting: say it once");
  }
  if (kind == "linear") {
    if (!(table.number("factor") > 0)) table.refuse("factor", "more than 0");
    rope.divisors.assign(static_cast<std::size_t>(dims / 2),
                         table.number("factor"));
  } else if (kind == "llama3") {
    if (!(table.number("factor") > 0)) table.refuse("factor", "more than 0");
    rope.divisors = llama3_divisors(table, rope.theta, dims);
  } else if (kind != "default") {
    table.refuse(table.has("rope_type") ? "rope_type" : "type",
                 "default, linear or llama3");
  }
  table.has("partial_rotary_factor");  // read with the heads' widths
  for (const std::string& key : table.unread()) {
    table.note(key, "is nothing that a \"" + kind +
                        "\" rotation has; it was "
                        "not used");
  }
  return rope;
}

Rope read_scaled_rope(const Config& config, std::int64_t dims) {
  Rope rope;
  rope.theta = config.number_or("rope_theta", rope.theta);
  if (!(rope.theta > 0)) config.refuse("rope_theta", "a positive base");
  if (config.has("gguf.rope_divisors")) {  // GGUF stores them ready
    config.has("rope_scaling");            // and they have the factor in them
    rope.divisors = config.numbers("gguf.rope_divisors");
    if (std::ssize(rope.divisors) != dims / 2) {
      config.refuse("gguf.rope_divisors",
                    std::to_string(dims / 2) + " of them");
    }
    return rope;
  }
  if (!config.has("rope_scaling")) return rope;
  const Config table = config.table("rope_scaling");
  const Rope scaled = read_rope_table(table, dims, rope.theta);
  config.note_all(table);
  // Versions of transformers differ in which of two bases they take.
  if (scaled.theta != rope.theta) {
    table.refuse("rope_theta",
                 "the base beside rope_scaling, " + json(rope.theta).dump(),
                 "say it once, beside rope_scaling");
  }
  return scaled;
}

Rope added_scaling(const Config& config, const Rope& parameters,
                   const Rope& scaled) {
  if (scaled == parameters) return parameters;
  if (scaled.theta != parameters.theta || !parameters.divisors.empty()) {
    config.refuse("rope_scaling",
                  "none beside rope_parameters of another base or scaling",
                  "write the scaling into rope_parameters, or remove that");
  }
  config.note("rope_scaling",
              "is taken in the place of rope_parameters, as transformers does");
  return scaled;
}

void read_one_rope(const Config& config, Architecture& model) {
  if (!config.has("rope_parameters")) {
    model.rope = read_scaled_rope(config, model.rotary_dims);
  } else {
    const Config table = config.table("rope_parameters");
    model.rope =
        read_rope_table(table, model.rotary_dims,
                        config.number_or("rope_theta", model.rope.theta));
    config.note_all(table);
    if (config.has("rope_theta") &&
        config.number("rope_theta") != model.rope.theta) {
      config.refuse("rope_theta",
                    "that of rope_parameters, " +
                        json(model.rope.theta).dump() + ", or none",
                    "versions of transformers take one or the other: say it "
                    "once");
    }
    if (config.has("rope_scaling")) {
      model.rope = added_scaling(config, model.rope,
                                 read_scaled_rope(config, model.rotary_dims));
    }
  }
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

void read_qwen_windows(Config& config, Architecture& model) {
  config.set_if_absent("sliding_window", 4096);
  config.set_if_absent("max_window_layers", 28);
  const bool used = config.flag_or("use_sliding_window", false);
  const std::int64_t from =
      used ? config.integer("max_window_layers") : model.n_layers;
  const std::int64_t window = config.integer_or("sliding_window", 0);
  model.windows =
      read_windows(config, model.n_layers, used ? window : 0,
                   [&](std::int64_t block) { return used && block >= from; });
}

double read_softcap(const Config& config, const std::string& key) {
  if (!config.has(key)) return 0;
  if (!(config.number(key) > 0)) {
    config.refuse(key, "more than 0", "null, or no such key, means none");
  }
  return config.number(key);
}

double gemma_embedding_scale(const Architecture& model) {
  return std::sqrt(static_cast<double>(model.d_model));
}

Activation read_gemma_activation(const Config& config, const std::string& key,
                                 const std::string& other) {
  const std::string tanh = "gelu_pytorch_tanh";
  if (config.has(other) && config.text(other) != config.text_or(key, tanh)) {
    config.note(other, "is not used: this family has " + key);
  }
  return read_activation(config, key, tanh);
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
