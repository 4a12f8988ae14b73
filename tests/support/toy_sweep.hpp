#pragma once

#include <string>

namespace coxswain::tests {

// A whole sweep on a toy model in `folder`: sweep.toml, model.gguf, letters and
// words as data, an SAE. Every kind of task, in seconds.
void write_toy_sweep(const std::string& folder);

// A wider model beside it, and an SAE of that width: wide.gguf, wide_sae.
void write_wide_model(const std::string& folder);

}  // namespace coxswain::tests
