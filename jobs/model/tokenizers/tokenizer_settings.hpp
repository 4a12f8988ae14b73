#pragma once

#include <optional>
#include <string>

namespace coxswain::jobs {

// What tokenizer_config.json in a Hugging Face folder adds to the tokenizer's
// own file.
struct TokenizerSettings {
  // add_bos_token, where the tokenizer's class follows it (Llama's, Gemma's).
  std::optional<bool> add_beginning;
  // SentencePiece's space before a text is put once, not behind every special
  // token ("legacy": false).
  bool prefix_once = false;
  std::string beginning;      // bos_token; may be empty
  std::string end;            // eos_token; may be empty
  std::string chat_template;  // Jinja; empty: none
};

// A missing file says nothing. The template may lie in chat_template.jinja
// beside it. Throws JobError naming file and key.
TokenizerSettings read_tokenizer_settings(const std::string& folder);

}  // namespace coxswain::jobs
