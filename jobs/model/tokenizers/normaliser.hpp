#pragma once

#include <string>
#include <variant>
#include <vector>

#include "jobs/model/tokenizers/aligned_text.hpp"

namespace coxswain::jobs {

// Canonical composition (NFC).
struct ComposeStep {};
// `text` put before a text that is not empty.
struct PrependStep {
  std::string text;
  bool at_beginning_only = false;  // of the whole text, not of its stretches
};
// Every `from` becomes `to`.
struct ReplaceStep {
  std::string from, to;
};
using NormaliserStep = std::variant<ComposeStep, PrependStep, ReplaceStep>;

// What happens to a text before it is cut: step after step.
using Normaliser = std::vector<NormaliserStep>;

void normalise(const Normaliser& normaliser, AlignedText& text);

}  // namespace coxswain::jobs
