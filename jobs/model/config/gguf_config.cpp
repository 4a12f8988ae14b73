#include "jobs/model/config/gguf_config.hpp"

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;
using storage::GgufFile;

// What GGUF and config.json call the same setting.
struct KeyPair {
  const char* gguf;  // behind the architecture's name
  const char* config;
};
constexpr KeyPair kIntegers[] = {
    {"block_count", "num_hidden_layers"},
    {"embedding_length", "hidden_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.head_count_kv", "num_key_value_heads"},
    {"feed_forward_length", "intermediate_size"},
    {"context_length", "max_position_embeddings"},
    {"attention.key_length", "head_dim"},
    {"attention.sliding_window", "sliding_window"},
    {"rope.dimension_count", "rotary_dims"},
};
constexpr KeyPair kNumbers[] = {
    {"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"attention.layer_norm_epsilon", "layer_norm_eps"},
    {"rope.freq_base", "rope_theta"},
    {"rope.freq_base_swa", "rope_local_base_freq"},
    {"attn_logit_softcapping", "attn_logit_softcapping"},
    {"final_logit_softcapping", "final_logit_softcapping"},
};
constexpr KeyPair kFlags[] = {
    {"use_parallel_residual", "use_parallel_residual"},
};

void refuse_unknown(const GgufFile& file, const std::string& prefix) {
  for (const char* key : {"expert_count", "attention.scale", "logit_scale",
                          "embedding_scale", "residual_scale"}) {
    if (file.has(prefix + key) && file.number(prefix + key) != 0) {
      throw JobError({file.path(), prefix + key, "a model that needs it",
                      "none", "take a model without it"});
    }
  }
  if (file.has(prefix + "attention.value_length") &&
      (!file.has(prefix + "attention.key_length") ||
       file.integer(prefix + "attention.value_length") !=
           file.integer(prefix + "attention.key_length"))) {
    throw JobError({file.path(), prefix + "attention.value_length",
                    "another width than the keys'", "the same", ""});
  }
}

void add_rope_scaling(const GgufFile& file, const std::string& prefix,
                      json& values) {
  // llama.cpp's converter stores Llama 3's scaling as ready divisors, and says
  // nothing of the rule.
  if (file.tensors().contains("rope_freqs.weight")) {
    const storage::WeightFile weights = file.weights();
    const auto& stored = weights.weight("rope_freqs.weight");
    if (stored.shape.size() != 1 || stored.shape[0] > 4096) {
      throw JobError({file.path(), "rope_freqs.weight", "another shape",
                      "half of a head's width", "the file is damaged"});
    }
    std::vector<double> divisors(static_cast<std::size_t>(stored.shape[0]));
    weights.read("rope_freqs.weight", storage::DType::f64, divisors.data());
    values["rope_divisors"] = divisors;
  }
  const std::string type = prefix + "rope.scaling.type";
  if (file.has(type) && file.text(type) != "none") {
    values["rope_scaling"] = {{"rope_type", file.text(type)}};
    const std::string factor = prefix + "rope.scaling.factor";
    if (file.has(factor)) {
      values["rope_scaling"]["factor"] = file.number(factor);
    }
  } else if (file.has(prefix + "rope.scale_linear") &&
             file.number(prefix + "rope.scale_linear") != 1) {
    values["rope_scaling"] = {
        {"rope_type", "linear"},
        {"factor", file.number(prefix + "rope.scale_linear")}};
  }
}

}  // namespace

Config config_of_gguf(const GgufFile& file, const std::string& model_type) {
  const std::string prefix = file.text("general.architecture") + ".";
  refuse_unknown(file, prefix);
  json values = json::object();
  values["model_type"] = model_type;
  for (const auto& [gguf, config] : kIntegers) {
    if (file.has(prefix + gguf)) values[config] = file.integer(prefix + gguf);
  }
  for (const auto& [gguf, config] : kNumbers) {
    if (file.has(prefix + gguf)) values[config] = file.number(prefix + gguf);
  }
  for (const auto& [gguf, config] : kFlags) {
    if (file.has(prefix + gguf)) values[config] = file.flag(prefix + gguf);
  }
  add_rope_scaling(file, prefix, values);
  const auto& tensors = file.tensors();
  const auto embedding = tensors.find("token_embd.weight");
  if (embedding != tensors.end()) {
    values["vocab_size"] = embedding->second.shape[0];
  }
  // The format has no word for a tie: a tied model lacks the matrix.
  values["tie_word_embeddings"] = !tensors.contains("output.weight");
  // The format says of biases only by having them.
  for (const auto& [tensor, key] :
       {std::pair("blk.0.attn_q.bias", "attention_bias"),
        std::pair("blk.0.attn_qkv.bias", "attention_bias"),
        std::pair("blk.0.ffn_up.bias", "mlp_bias")}) {
    if (tensors.contains(tensor)) values[key] = true;
  }
  return {file.path(), std::move(values)};
}

}  // namespace coxswain::jobs
