#include "jobs/model/tokenizers/pre_tokenizer.hpp"

#include <utility>

namespace coxswain::jobs {
namespace {

constexpr const char* kGpt2 =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|"
    "\\s+(?!\\S)|\\s+";

using Pieces = std::vector<AlignedText>;

void push(const AlignedText& text, std::size_t begin, std::size_t end,
          Pieces& out) {
  if (end > begin) out.push_back(text.slice(begin, end));
}

void apply(const SplitStep& step, AlignedText text, Pieces& out) {
  std::size_t at = 0;  // where the piece under way begins
  for (const Pattern::Match& match : step.pattern->find_all(text.text())) {
    switch (step.behaviour) {
      case SplitBehaviour::isolated:
        push(text, at, match.begin, out);
        push(text, match.begin, match.end, out);
        at = match.end;
        break;
      case SplitBehaviour::with_previous:
        push(text, at, match.end, out);
        at = match.end;
        break;
      case SplitBehaviour::with_next:
        push(text, at, match.begin, out);
        at = match.begin;
        break;
      case SplitBehaviour::removed:
        push(text, at, match.begin, out);
        at = match.end;
        break;
    }
  }
  push(text, at, text.text().size(), out);
}

void apply(const ByteLevelStep& step, AlignedText text, Pieces& out) {
  if (step.add_prefix_space && !text.text().starts_with(' ')) {
    text.prepend(" ");
  }
  text.spell_bytes();
  out.push_back(std::move(text));
}

void apply(const MetaspaceStep& step, AlignedText text, Pieces& out) {
  const bool first = text.origin(0, 1).begin == 0;
  text.replace_all(" ", step.replacement);
  const bool wanted = step.prepend == MetaspaceStep::Prepend::always ||
                      (step.prepend == MetaspaceStep::Prepend::first && first);
  if (wanted && !text.text().starts_with(step.replacement)) {
    text.prepend(step.replacement);
  }
  if (step.split_before == nullptr) {
    out.push_back(std::move(text));
    return;
  }
  apply(SplitStep{step.split_before, SplitBehaviour::with_next},
        std::move(text), out);
}

}  // namespace

std::vector<AlignedText> pre_tokenize(const PreTokenizer& steps,
                                      AlignedText text) {
  Pieces pieces;
  if (!text.empty()) pieces.push_back(std::move(text));
  for (const PreTokenizerStep& step : steps) {
    Pieces finer;
    for (AlignedText& piece : pieces) {
      std::visit([&](const auto& one) { apply(one, std::move(piece), finer); },
                 step);
    }
    pieces = std::move(finer);
  }
  return pieces;
}

SplitStep gpt2_split() {
  static const auto kPattern =
      std::make_shared<const Pattern>(kGpt2, "GPT-2's rule");
  return {kPattern, SplitBehaviour::isolated};
}

}  // namespace coxswain::jobs
