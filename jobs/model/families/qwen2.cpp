// Qwen 2 and 2.5: Llama with biases on q, k and v.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  Architecture model = read_decoder(config, {});
  read_one_rope(config, model);
  read_qwen_windows(config, model);
  model.activation = read_activation(config, "hidden_act", "silu");
  model.qkv_bias = true;
  return model;
}

}  // namespace

const Family kQwen2Family{"qwen2", "qwen2", describe, huggingface_names(),
                          gguf_names()};

}  // namespace coxswain::jobs
