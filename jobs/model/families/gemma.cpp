// Gemma 1: Llama with scaled embeddings, gains counted from 1 and a GELU.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  Architecture model = read_decoder(config, {.tied_unembedding = true});
  read_one_rope(config, model);
  read_gemma_embedding(config, model);
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
