#pragma once

#include <cstdint>
#include <functional>

#include "jobs/model/families/family.hpp"

namespace coxswain::jobs {

// What most families share: each unit starts from these and says where it
// differs.

// Where a family's files may say nothing.
struct DecoderDefaults {
  bool tied_unembedding = false;
};

// An architecture from a header: sizes, norm, biases (none), rotated
// coordinates and scale. Throws JobError for sizes that make no model and for
// rotations we don't compute.
Architecture read_decoder(const Config& config,
                          const DecoderDefaults& defaults);

// A rotation: rope_theta with `scaling_key` ({rope_type, factor, ...}: default,
// linear or llama3), for frequencies of `dims` coordinates.
Rope read_rope(const Config& config, std::int64_t dims,
               const std::string& scaling_key);

// Reads rope_theta and rope_scaling for all blocks, with a window or without.
void read_one_rope(const Config& config, Architecture& model);

// The window of each block: `window` where layer_types says
// "sliding_attention", and without that list where `slides` is true.
std::vector<std::int64_t> read_windows(
    const Config& config, std::int64_t n_layers, std::int64_t window,
    const std::function<bool(std::int64_t block)>& slides);

Activation read_activation(const Config& config, const std::string& key,
                           const std::string& other);

// Qwen 2 and 3: a window from layer max_window_layers on, if it is used.
void read_qwen_windows(const Config& config, Architecture& model);

// Gemma 1 to 3: scaled embeddings, the activation; query_pre_attn_scalar^-0.5.
void read_gemma_embedding(const Config& config, Architecture& model);
double gemma_attention_scale(const Config& config, const Architecture& model);

// The names of Llama's tensors in Hugging Face folders, and of GGUF's.
TensorNames huggingface_names();
TensorNames gguf_names();
// Gemma 2's and 3's four norms, whose gains lack 1.
TensorNames gemma_norm_names(TensorNames names);

}  // namespace coxswain::jobs
