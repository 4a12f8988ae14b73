#pragma once

#include <cstdint>
#include <functional>

#include "jobs/model/families/family.hpp"

namespace coxswain::jobs {

// What most families share: each unit starts from these and says where it
// differs.

// Where families differ in what a file may leave out, or may say.
struct DecoderDefaults {
  bool tied_unembedding = false;
  const char* epsilon = "rms_norm_eps";  // of the norms
  bool partial_rotation = false;         // a part of each head may turn
};

// Throws JobError for settings that some program obeys and that nothing here
// computes: other attention than causal, packed weights, experts.
void refuse_uncomputed(const Config& config);

// An architecture from a header: sizes, norm, biases (none), rotated
// coordinates and scale. Throws JobError for sizes that make no model and for
// rotations we don't compute, and as refuse_uncomputed() does.
Architecture read_decoder(const Config& config,
                          const DecoderDefaults& defaults);

// A rotation table ({rope_type, rope_theta, factor, ...}: default, linear or
// llama3) for frequencies of `dims` coordinates; `theta` where it names no
// base.
Rope read_rope_table(const Config& table, std::int64_t dims, double theta);

// Reads rope_theta with rope_parameters (transformers 5) or rope_scaling for
// all blocks, with a window or without. Throws JobError where they contradict
// each other.
void read_one_rope(const Config& config, Architecture& model);
// rope_theta with rope_scaling alone.
Rope read_scaled_rope(const Config& config, std::int64_t dims);
// The rotation of a file that has rope_parameters and, added to it by hand,
// rope_scaling: transformers drops the former for the latter. Throws JobError
// where something would be lost by that.
Rope added_scaling(const Config& config, const Rope& parameters,
                   const Rope& scaled);

// The window of each block: `window` where layer_types says
// "sliding_attention", and without that list where `slides` is true.
std::vector<std::int64_t> read_windows(
    const Config& config, std::int64_t n_layers, std::int64_t window,
    const std::function<bool(std::int64_t block)>& slides);

Activation read_activation(const Config& config, const std::string& key,
                           const std::string& other);

// Qwen 2 and 3: a window from layer max_window_layers on, if it is used.
void read_qwen_windows(Config& config, Architecture& model);

// A soft-cap; 0 where there is none. Throws JobError for one that caps nothing.
double read_softcap(const Config& config, const std::string& key);

// Gemma 1 to 3: sqrt(d_model); query_pre_attn_scalar^-0.5.
double gemma_embedding_scale(const Architecture& model);
// The tanh form of GELU unless `key` says another. The `other` of hidden_act
// and hidden_activation is not read by transformers: told if it differs.
Activation read_gemma_activation(const Config& config, const std::string& key,
                                 const std::string& other);
double gemma_attention_scale(const Config& config, const Architecture& model);

// The names of Llama's tensors in Hugging Face folders, and of GGUF's.
TensorNames huggingface_names();
TensorNames gguf_names();
// Gemma 2's and 3's four norms, whose gains lack 1.
TensorNames gemma_norm_names(TensorNames names);

}  // namespace coxswain::jobs
