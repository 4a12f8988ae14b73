// Gemma 1: Llama with scaled embeddings, gains counted from 1 and a GELU.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  Architecture model = read_decoder(config, {.tied_unembedding = true});
  read_one_rope(config, model);
  model.embedding_scale = gemma_embedding_scale(model);
  // The first files say "gelu" and mean the tanh form: Google's own code and
  // transformers 5 compute that.
  if (config.text_or("hidden_act", "") == "gelu") {
    config.replace("hidden_act", "gelu_pytorch_tanh");
  }
  model.activation =
      read_gemma_activation(config, "hidden_act", "hidden_activation");
  model.qkv_bias = model.attention_output_bias =
      config.flag_or("attention_bias", false);
  return model;
}

// GGUF files of Gemma have the 1 in their gains.
TensorNames huggingface() {
  TensorNames names = huggingface_names();
  names.norm_offset = 1;
  return names;
}

}  // namespace

const Family kGemmaFamily{"gemma", "gemma", describe, huggingface(),
                          gguf_names()};

}  // namespace coxswain::jobs
