#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::jobs {

// Cuts text into the pieces that BPE merges never cross: each rule's matches
// and the gaps between them become pieces of their own, rule after rule.
class PreTokenizer {
 public:
  // By GGUF's name (tokenizer.ggml.pre). Throws JobError naming `where` for
  // one we don't know.
  PreTokenizer(const std::string& name, const std::string& where);
  ~PreTokenizer();
  PreTokenizer(PreTokenizer&&) noexcept;

  // Views into `text`, in order, without holes. Throws JobError if `text` is
  // not UTF-8.
  std::vector<std::string_view> split(std::string_view text) const;

 private:
  struct Rule;
  std::vector<std::unique_ptr<Rule>> rules_;
};

}  // namespace coxswain::jobs
