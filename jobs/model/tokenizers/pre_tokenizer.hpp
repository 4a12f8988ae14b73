#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "jobs/model/tokenizers/aligned_text.hpp"
#include "jobs/model/tokenizers/pattern.hpp"

namespace coxswain::jobs {

// What becomes of a match: a piece of its own, the end of the piece before,
// the beginning of the one behind, or nothing.
enum class SplitBehaviour { isolated, with_previous, with_next, removed };

// Cuts a text at the matches of a pattern.
struct SplitStep {
  std::shared_ptr<const Pattern> pattern;
  SplitBehaviour behaviour = SplitBehaviour::isolated;
};
// Pieces as bytes spelled in printable characters.
struct ByteLevelStep {
  bool add_prefix_space = false;
};
// Spaces as U+2581, one of them put first.
struct MetaspaceStep {
  std::string replacement;
  // Where a replacement is put first: nowhere, before the whole text alone, or
  // before each stretch between added tokens.
  enum class Prepend { never, first, always } prepend = Prepend::always;
  std::shared_ptr<const Pattern> split_before{};  // each of them; null: not
};
using PreTokenizerStep = std::variant<SplitStep, ByteLevelStep, MetaspaceStep>;

// Cuts text into the pieces that merges never cross: step after step.
using PreTokenizer = std::vector<PreTokenizerStep>;

std::vector<AlignedText> pre_tokenize(const PreTokenizer& steps,
                                      AlignedText text);

// GPT-2's own rule, which byte-level tokenizers use unless they bring another.
SplitStep gpt2_split();

}  // namespace coxswain::jobs
