#pragma once

#include <string>

namespace coxswain::jobs {

// The chat template that came with a model, and what it writes.
struct OwnTemplate {
  std::string source;  // Jinja; empty: none
  // How its tokens are spelled; empty: the model names none.
  std::string bos_token, eos_token;
};

}  // namespace coxswain::jobs
