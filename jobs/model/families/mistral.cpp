// Mistral: Llama whose layers all see a window of tokens, where there is one.

#include "jobs/model/families/decoder.hpp"

namespace coxswain::jobs {
namespace {

Architecture describe(Config& config) {
  config.set_if_absent("sliding_window", 4096);
  Architecture model = read_decoder(config, {});
  read_one_rope(config, model);
  const std::int64_t window = config.integer_or("sliding_window", 0);
  if (window < 0) config.refuse("sliding_window", "a width");
  model.windows.assign(model.windows.size(), window);
  // transformers does not read the list for this family.
  if (config.has("layer_types") &&
      read_windows(config, model.n_layers, window,
                   [](std::int64_t) { return false; }) != model.windows) {
    config.refuse("layer_types",
                  window > 0 ? "sliding_attention alone, as sliding_window is "
                               "set"
                             : "full_attention alone, as there is no "
                               "sliding_window",
                  "this family has one kind of layers");
  }
  model.activation = read_activation(config, "hidden_act", "silu");
  return model;
}

}  // namespace

// GGUF files of Mistral say that they are Llama.
const Family kMistralFamily{"mistral", "", describe, huggingface_names(), {}};

}  // namespace coxswain::jobs
