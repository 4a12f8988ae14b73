#include "jobs/model/config/gguf_config.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <variant>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;
using storage::GgufFile;

// What GGUF and config.json call the same setting. `only`: the architectures
// that have it; llama.cpp does not read it for others, whatever a file says.
struct KeyPair {
  std::string_view gguf;  // behind the architecture's name
  const char* config;
  std::string_view only = {};
};
constexpr KeyPair kIntegers[] = {
    {"block_count", "num_hidden_layers"},
    {"embedding_length", "hidden_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.head_count_kv", "num_key_value_heads"},
    {"feed_forward_length", "intermediate_size"},
    {"context_length", "max_position_embeddings"},
    {"attention.key_length", "head_dim"},
    {"attention.sliding_window", "sliding_window", "gemma2 gemma3"},
    {"rope.dimension_count", "gguf.rotary_dims"},
};
constexpr KeyPair kNumbers[] = {
    {"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"attention.layer_norm_epsilon", "layer_norm_eps"},
    {"rope.freq_base", "rope_theta"},
    {"rope.freq_base_swa", "rope_local_base_freq", "gemma3"},
    {"attn_logit_softcapping", "attn_logit_softcapping", "gemma2"},
    {"final_logit_softcapping", "final_logit_softcapping", "gemma2 gemma3"},
};
constexpr KeyPair kFlags[] = {
    {"use_parallel_residual", "use_parallel_residual", "gptneox"},
};

// Read elsewhere, or nothing of the forward pass.
constexpr std::string_view kHarmless[] = {
    "attention.value_length", "rope.scaling.type",
    "rope.scaling.factor",    "rope.scale_linear",
    "rope.scaling.finetuned", "rope.scaling.original_context_length",
    "tensor_data_layout",     "vocab_size",
};

// Settings that change the computation and that nothing here computes, with
// the one value that asks for nothing.
struct Refused {
  std::string_view key;
  double harmless = 0;
};
constexpr Refused kRefused[] = {
    {"attention.causal", 1},
    {"attention.clamp_kqv"},
    {"attention.max_alibi_bias"},
    {"attention.output_scale", 1},
    {"attention.scale"},
    {"attention.shared_kv_layers"},
    {"attention.temperature_length"},
    {"attention.temperature_scale"},
    {"attention.value_scale", 1},
    {"embedding_length_out"},
    {"embedding_scale"},
    {"expert_count"},
    {"expert_used_count"},
    {"full_attention_interval"},
    {"logit_scale"},
    {"nextn_predict_layers"},
    {"residual_scale"},
    {"rope.dimension_sections"},
    {"rope.scaling.alpha"},
    {"rope.scaling.attn_factor", 1},
    {"rope.scaling.yarn_attn_factor", 1},
    {"rope.scaling.yarn_ext_factor"},
    {"swin_norm"},
};

// One file's metadata on its way.
class Reader {
 public:
  explicit Reader(const GgufFile& file)
      : file_(file),
        architecture_(file.text("general.architecture")),
        prefix_(architecture_ + ".") {}

  Config config(const std::string& model_type) {
    values_["model_type"] = model_type;
    refuse_unknown();
    read(kIntegers, [&](const auto& key) { return json(integer(key)); });
    read(kNumbers, [&](const auto& key) { return json(file_.number(key)); });
    read(kFlags, [&](const auto& key) { return json(file_.flag(key)); });
    set_defaults();
    refuse_other_widths();
    read_windows();
    read_scaling();
    read_tensors();
    for (const auto& [key, value] : file_.metadata()) {
      if (key.starts_with(prefix_) && !known(key.substr(prefix_.size()))) {
        values_[key] = true;  // read by nothing: the user is told
      }
    }
    Config config(file_.path(), std::move(values_));
    for (const auto& [common, own] : own_names_) config.call(common, own);
    return config;
  }

 private:
  [[noreturn]] void refuse(const std::string& key, const std::string& found,
                           const std::string& expected,
                           const std::string& remedy = {}) const {
    throw JobError({file_.path(), key, found, expected, remedy});
  }

  bool is_list(const std::string& key) const {
    return std::holds_alternative<std::vector<double>>(
        file_.metadata().at(key));
  }

  // A whole number, or as many equal ones as there are layers.
  std::int64_t integer(const std::string& key) const {
    if (!is_list(key)) return file_.integer(key);
    const std::vector<double>& each = file_.numbers(key);
    if (each.empty() || !(each[0] >= 0 && each[0] < 1e15) ||
        !std::ranges::all_of(each,
                             [&](double one) { return one == each[0]; })) {
      refuse(key, "numbers that differ from layer to layer",
             "the same for all layers", "take a model whose layers are alike");
    }
    return static_cast<std::int64_t>(each[0]);
  }

  // What llama.cpp takes where a file says nothing, and config.json's families
  // may take something else.
  void set_defaults() {
    const auto heads = values_.value("num_attention_heads", std::int64_t{0});
    const auto width = values_.value("hidden_size", std::int64_t{0});
    if (heads > 0 && !values_.contains("num_key_value_heads")) {
      values_["num_key_value_heads"] = heads;
    }
    if (heads > 0 && width % heads == 0 && !values_.contains("head_dim")) {
      values_["head_dim"] = width / heads;
    }
    if (architecture_ != "gpt2" && !values_.contains("rope_theta")) {
      values_["rope_theta"] = 10000.0;
    }
  }

  double value_of(const std::string& key) const {
    const storage::GgufValue& value = file_.metadata().at(key);
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    return file_.number(key);
  }

  void refuse_unknown() const {
    for (const auto& [key, harmless] : kRefused) {
      const std::string full = prefix_ + std::string(key);
      if (!file_.has(full)) continue;
      if (is_list(full)) {
        const std::vector<double>& each = file_.numbers(full);
        if (std::ranges::all_of(each, [](double one) { return one == 0; })) {
          continue;
        }
        refuse(full, "a setting that is not computed here", "none of it",
               "take a model without it");
      }
      const double value = value_of(full);
      // Zero means "not set" throughout the format, but for causal attention.
      if (value == harmless || (value == 0 && key != "attention.causal")) {
        continue;
      }
      refuse(full, key == "attention.causal" ? "false" : json(value).dump(),
             key == "attention.causal" ? "true: each token sees those before it"
                                       : "none of it",
             "take a model without it");
    }
  }

  // Widths that llama.cpp lets differ, and that are one here.
  void refuse_other_widths() const {
    const auto width = [&](const char* key) {
      return file_.has(prefix_ + key) ? integer(prefix_ + key) : 0;
    };
    const auto head = values_.value("head_dim", std::int64_t{0});
    const std::int64_t turning = file_.has(prefix_ + "rope.dimension_count")
                                     ? width("rope.dimension_count")
                                     : head;
    const std::pair<const char*, std::int64_t> same[] = {
        {"attention.value_length", head},
        {"attention.key_length_swa", head},
        {"attention.value_length_swa", head},
        {"rope.dimension_count_swa", turning},
        // Rows of these files lie in pairs of the whole head.
        {"rope.dimension_count", architecture_ == "llama" ? head : turning},
    };
    for (const auto& [key, expected] : same) {
      if (file_.has(prefix_ + key) && width(key) != expected) {
        refuse(prefix_ + key, std::to_string(width(key)),
               std::to_string(expected) + ", as the other heads' widths are");
      }
    }
  }

  template <std::size_t N, class Value>
  void read(const KeyPair (&pairs)[N], const Value& value) {
    for (const KeyPair& pair : pairs) {
      if (!has_place(pair)) continue;
      const std::string key = prefix_ + std::string(pair.gguf);
      own_names_[pair.config] = key;
      if (file_.has(key)) values_[pair.config] = value(key);
    }
  }

  bool has_place(const KeyPair& pair) const {
    return pair.only.empty() ||
           (" " + std::string(pair.only) + " ")
                   .find(" " + architecture_ + " ") != std::string::npos;
  }

  // Which layers have a window: all of every so many but the last. llama.cpp
  // takes 2 for Gemma 2 and 6 for Gemma 3 where a file says nothing, and no
  // window at all for a Gemma 3 without a width.
  void read_windows() {
    if (architecture_ != "gemma2" && architecture_ != "gemma3") return;
    const std::string key = prefix_ + "attention.sliding_window_pattern";
    std::int64_t period = architecture_ == "gemma2" ? 2 : 6;
    if (file_.has(key)) {
      if (is_list(key)) {
        refuse(key, "a list", "every how many layers one has no window",
               "llama.cpp reads no list for this architecture");
      }
      period = file_.integer(key);
      if (period < 0) refuse(key, std::to_string(period), "a count of layers");
    }
    if (architecture_ == "gemma2" && !values_.contains("sliding_window")) {
      values_["sliding_window"] = 4096;
    }
    own_names_["layer_types"] = key;
    const std::int64_t window =
        values_.contains("sliding_window")
            ? values_["sliding_window"].get<std::int64_t>()
            : 0;
    const auto n = values_.value("num_hidden_layers", std::int64_t{0});
    if (n <= 0 || n > 10000) return;  // refused by the family
    json kinds = json::array();
    for (std::int64_t i = 0; i < n; ++i) {
      const bool slides =
          window != 0 && (period == 0 || i % period < period - 1);
      kinds.push_back(slides ? "sliding_attention" : "full_attention");
    }
    values_["layer_types"] = kinds;
  }

  // A factor counts without a type as well: linear is what llama.cpp takes.
  double scaling_factor() const {
    const std::string type = prefix_ + "rope.scaling.type";
    const std::string kind = file_.has(type) ? file_.text(type) : "linear";
    if (kind == "none") return 1;
    if (kind != "linear") {
      refuse(type, "\"" + storage::printable(kind) + "\"",
             "\"linear\" or \"none\"", "take a model without it");
    }
    for (const char* key : {"rope.scaling.factor", "rope.scale_linear"}) {
      if (!file_.has(prefix_ + key)) continue;
      const double factor = file_.number(prefix_ + key);
      return factor == 0 ? 1 : factor;  // 0: not set
    }
    return 1;
  }

  void read_scaling() {
    const double factor = scaling_factor();
    if (factor != 1) {
      values_["rope_scaling"] = {{"rope_type", "linear"}, {"factor", factor}};
      own_names_["rope_scaling"] = prefix_ + "rope.scaling.factor";
    }
    // llama.cpp's converter stores Llama 3's scaling as ready divisors, and
    // says nothing of the rule. A factor comes on top of them.
    if (!file_.tensors().contains("rope_freqs.weight")) return;
    const storage::WeightFile weights = file_.weights();
    const auto& stored = weights.weight("rope_freqs.weight");
    if (stored.shape.size() != 1 || stored.shape[0] > 4096) {
      refuse("rope_freqs.weight", "another shape", "half of a head's width",
             "the file is damaged");
    }
    std::vector<double> divisors(static_cast<std::size_t>(stored.shape[0]));
    weights.read("rope_freqs.weight", storage::DType::f64, divisors.data());
    for (double& one : divisors) one *= factor;
    values_["gguf.rope_divisors"] = divisors;
    own_names_["gguf.rope_divisors"] = "rope_freqs.weight";
  }

  void read_tensors() {
    const auto& tensors = file_.tensors();
    const auto embedding = tensors.find("token_embd.weight");
    if (embedding != tensors.end()) {
      values_["vocab_size"] = embedding->second.shape[0];
    }
    // The format has no word for a tie: a tied model lacks the matrix.
    values_["tie_word_embeddings"] = !tensors.contains("output.weight");
    // The format says of biases only by having them.
    for (const auto& [tensor, key] :
         {std::pair("blk.0.attn_q.bias", "attention_bias"),
          std::pair("blk.0.attn_qkv.bias", "attention_bias"),
          std::pair("blk.0.ffn_up.bias", "mlp_bias")}) {
      if (tensors.contains(tensor)) values_[key] = true;
    }
  }

  bool known(std::string_view key) const {
    const auto in = [&](const auto& pairs) {
      return std::ranges::any_of(pairs, [&](const KeyPair& pair) {
        return pair.gguf == key && has_place(pair);
      });
    };
    const bool window_pattern = key == "attention.sliding_window_pattern" &&
                                values_.contains("layer_types");
    const bool refused = std::ranges::any_of(
        kRefused, [&](const Refused& one) { return one.key == key; });
    return in(kIntegers) || in(kNumbers) || in(kFlags) || refused ||
           window_pattern || key.ends_with("_length_swa") ||
           key == "rope.dimension_count_swa" ||
           std::ranges::find(kHarmless, key) != std::end(kHarmless);
  }

  const GgufFile& file_;
  std::string architecture_;
  std::string prefix_;
  json values_ = json::object();
  std::map<std::string, std::string> own_names_;
};

}  // namespace

Config config_of_gguf(const GgufFile& file, const std::string& model_type) {
  return Reader(file).config(model_type);
}

}  // namespace coxswain::jobs
