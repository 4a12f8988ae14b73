// Gemma 2: four norms a layer, soft-caps, a window in every other layer.

#include <cmath>

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  // null turns a cap off; a key that is not there means the family's own.
  config.set_if_absent("attn_logit_softcapping", 50.0);
  config.set_if_absent("final_logit_softcapping", 30.0);
  config.set_if_absent("sliding_window", 4096);
  Architecture model = read_decoder(config, {.tied_unembedding = true});
  read_one_rope(config, model);
  model.windows = read_windows(
      config, model.n_layers, config.integer_or("sliding_window", 0),
      [](std::int64_t block) { return block % 2 == 0; });
  model.embedding_scale = gemma_embedding_scale(model);
  model.activation =
      read_gemma_activation(config, "hidden_activation", "hidden_act");
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", false);
  model.output_norms = true;
  model.attention_scale = gemma_attention_scale(config, model);
  model.attention_softcap = read_softcap(config, "attn_logit_softcapping");
  model.final_softcap = read_softcap(config, "final_logit_softcapping");
  return model;
}

}  // namespace

const Family kGemma2Family{"gemma2", "gemma2", describe,
                           gemma_norm_names(huggingface_names()), gguf_names()};

}  // namespace coxswain::jobs
