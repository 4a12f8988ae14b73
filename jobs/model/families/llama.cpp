// The llama family in GGUF files: SmolLM2 and its relatives.

#include <ATen/ATen.h>

#include <algorithm>

#include "jobs/job_error.hpp"
#include "jobs/model/families/family.hpp"
#include "jobs/model/weights.hpp"

namespace coxswain::jobs {
namespace {

using storage::GgufFile;

// Rotary tables are made for this many positions; longer prompts are refused.
constexpr std::int64_t kLongestContext = 1 << 17;

std::string block_name(std::int64_t block, const char* part) {
  return "blk." + std::to_string(block) + "." + part + ".weight";
}

void require_shape(const GgufFile& file, const std::string& name,
                   const std::vector<std::int64_t>& expected) {
  const auto text = [](const std::vector<std::int64_t>& shape) {
    std::string out = "[";
    for (const std::int64_t extent : shape) {
      out += (out.size() > 1 ? ", " : "") + std::to_string(extent);
    }
    return out + "]";
  };
  const auto& found = file.tensor(name).shape;
  if (found != expected) {
    throw JobError({file.path(), name, "shape " + text(found), text(expected),
                    "the file contradicts its own header"});
  }
}

void check_tensors(const GgufFile& file, const Architecture& model) {
  const std::int64_t d = model.d_model;
  const std::int64_t q = model.n_heads * model.d_head;
  const std::int64_t kv = model.n_kv_heads * model.d_head;
  require_shape(file, "token_embd.weight", {model.d_vocab, d});
  require_shape(file, "output_norm.weight", {d});
  if (!model.tied_unembedding) {
    require_shape(file, "output.weight", {model.d_vocab, d});
  }
  for (std::int64_t i = 0; i < model.n_layers; ++i) {
    require_shape(file, block_name(i, "attn_norm"), {d});
    require_shape(file, block_name(i, "attn_q"), {q, d});
    require_shape(file, block_name(i, "attn_k"), {kv, d});
    require_shape(file, block_name(i, "attn_v"), {kv, d});
    require_shape(file, block_name(i, "attn_output"), {d, q});
    require_shape(file, block_name(i, "ffn_norm"), {d});
    require_shape(file, block_name(i, "ffn_gate"), {model.d_mlp, d});
    require_shape(file, block_name(i, "ffn_up"), {model.d_mlp, d});
    require_shape(file, block_name(i, "ffn_down"), {d, model.d_mlp});
  }
}

// Keys and tensors that would change the forward pass in ways this unit does
// not compute: refused, never ignored.
void refuse_unknown(const GgufFile& file) {
  for (const char* key : {"llama.rope.scaling.type", "llama.expert_count"}) {
    if (file.has(key)) {
      throw JobError({file.path(), key, "a model that needs it", "none",
                      "take a model without it"});
    }
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (name.ends_with(".bias") || name == "rope_freqs.weight") {
      throw JobError({file.path(), name, "a tensor of another kind of model",
                      "a llama model without biases or scaled rotation", ""});
    }
  }
}

Architecture describe(const GgufFile& file) {
  Architecture model;
  model.family = "llama";
  model.n_layers = file.integer("llama.block_count");
  model.d_model = file.integer("llama.embedding_length");
  model.n_heads = file.integer("llama.attention.head_count");
  model.n_kv_heads = file.integer("llama.attention.head_count_kv");
  model.d_mlp = file.integer("llama.feed_forward_length");
  model.n_ctx = std::min(file.integer("llama.context_length"), kLongestContext);
  model.norm_epsilon = file.number("llama.attention.layer_norm_rms_epsilon");
  model.rope_theta = file.has("llama.rope.freq_base")
                         ? file.number("llama.rope.freq_base")
                         : 10000.0;
  if (model.n_heads <= 0 || model.n_kv_heads <= 0 || model.n_layers <= 0 ||
      model.n_layers > 10000 || model.n_heads % model.n_kv_heads != 0 ||
      model.d_model <= 0 || model.d_model % model.n_heads != 0) {
    throw JobError({file.path(), "llama.attention.head_count",
                    "sizes that do not divide", "heads that divide the width",
                    "the file is damaged"});
  }
  model.d_head = file.has("llama.attention.key_length")
                     ? file.integer("llama.attention.key_length")
                     : model.d_model / model.n_heads;
  if (model.d_head <= 0 || model.d_head % 2 != 0 || model.n_ctx <= 0 ||
      model.d_mlp <= 0) {
    throw JobError({file.path(), "llama.*", "sizes that make no model",
                    "an even head width, a context and an MLP",
                    "the file is damaged"});
  }
  model.d_vocab = std::ssize(file.texts("tokenizer.ggml.tokens"));
  model.tied_unembedding = !file.tensors().contains("output.weight");
  if (file.has("llama.rope.dimension_count") &&
      file.integer("llama.rope.dimension_count") != model.d_head) {
    throw JobError({file.path(), "llama.rope.dimension_count",
                    std::to_string(file.integer("llama.rope.dimension_count")),
                    std::to_string(model.d_head) + " (the width of a head)",
                    ""});
  }
  refuse_unknown(file);
  check_tensors(file, model);
  return model;
}

at::ScalarType scalar_of(ComputeType compute) {
  return compute == ComputeType::float64 ? at::kDouble : at::kFloat;
}

class Loader {
 public:
  Loader(const GgufFile& file, const Architecture& model, ComputeType compute)
      : file_(file), model_(model), dtype_(scalar_of(compute)) {}

  at::Tensor read(const std::string& name) const {
    std::vector<float> values = file_.read(name);
    const at::Tensor view =
        at::from_blob(values.data(), file_.tensor(name).shape, at::kFloat);
    return view.to(dtype_, /*non_blocking=*/false, /*copy=*/true);
  }

  // llama files hold the rows of q and k interleaved: row (head, j, c) of the
  // file is row (head, c, j) of the half-split rotation used here.
  at::Tensor read_rotated(const std::string& name, std::int64_t heads) const {
    return read(name)
        .view({heads, model_.d_head / 2, 2, model_.d_model})
        .transpose(1, 2)
        .reshape({heads * model_.d_head, model_.d_model});
  }

  BlockWeights block(std::int64_t i) const {
    BlockWeights block;
    block.attention_norm = read(block_name(i, "attn_norm"));
    block.qkv =
        at::cat({read_rotated(block_name(i, "attn_q"), model_.n_heads),
                 read_rotated(block_name(i, "attn_k"), model_.n_kv_heads),
                 read(block_name(i, "attn_v"))});
    block.attention_output = read(block_name(i, "attn_output"));
    block.mlp_norm = read(block_name(i, "ffn_norm"));
    block.gate_up = at::cat(
        {read(block_name(i, "ffn_gate")), read(block_name(i, "ffn_up"))});
    block.down = read(block_name(i, "ffn_down"));
    return block;
  }

 private:
  const GgufFile& file_;
  const Architecture& model_;
  at::ScalarType dtype_;
};

Weights load(const GgufFile& file, const Architecture& model,
             ComputeType compute) {
  const Loader loader(file, model, compute);
  Weights weights;
  weights.embedding = loader.read("token_embd.weight");
  weights.final_norm = loader.read("output_norm.weight");
  weights.unembedding =
      model.tied_unembedding ? weights.embedding : loader.read("output.weight");
  for (std::int64_t i = 0; i < model.n_layers; ++i) {
    weights.blocks.push_back(loader.block(i));
  }
  return weights;
}

}  // namespace

const Family kLlamaFamily{"llama", describe, load};

}  // namespace coxswain::jobs
