#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/model/model_file.hpp"

namespace coxswain::jobs {

// What becomes of a text that is longer than a context. On disk (sweep files).
enum class LongTexts : std::uint8_t {
  chunked,  // the next context goes on with it
  cut,      // the rest is left out
};

// How much of a corpus is read, and in what pieces, in tokens.
struct TextRules {
  std::int64_t tokens = 0;   // in all, at most; the last text is cut for it
  std::int64_t context = 0;  // of one, the model's beginning among them
  LongTexts longer = LongTexts::chunked;
};

// Tokens of a corpus (see storage/texts/text_corpus.hpp), context after
// context, each with the beginning that the model's prompts have. Texts are
// tokenised one by one. Throws JobError or storage::StorageError.
std::vector<std::vector<std::int32_t>> reference_tokens(
    const std::string& path, const TextRules& rules, const ModelHeader& model);

}  // namespace coxswain::jobs
