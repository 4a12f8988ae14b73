#pragma once

#include <string>

#include "jobs/model/tokenizers/own_template.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// What a Hugging Face folder says of prompts beside its tokens.
struct TokenizerSettings {
  std::string beginning;      // bos_token; may be empty
  bool no_beginning = false;  // bos_token is null, not just unsaid
  std::string end;            // eos_token; may be empty
  std::string chat_template;  // Jinja; empty: none
};

// What a model's template writes, by its settings; where they say nothing of
// the beginning, the tokenizer's class does.
OwnTemplate own_template(const TokenizerSettings& settings,
                         const Tokenizer& tokenizer);

// tokenizer_config.json; a missing file says nothing. chat_template.jinja and
// the folder additional_chat_templates beside it, of which "default" counts, go
// before what stands in it. Throws JobError naming file and key.
TokenizerSettings read_tokenizer_settings(const std::string& folder);

}  // namespace coxswain::jobs
