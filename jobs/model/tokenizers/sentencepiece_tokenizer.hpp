#pragma once

#include <memory>
#include <string>

#include "jobs/model/tokenizers/pipeline_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"
#include "storage/models/sentencepiece_model.hpp"

namespace coxswain::jobs {

// How SentencePiece spells a space.
inline constexpr const char* kMetaspace = "\u2581";

// Where the space goes that SentencePiece puts before a text: once, or before
// every stretch between special tokens, as most converted tokenizers have it.
enum class Prefix { once, every_stretch };

// A SentencePiece vocabulary as merges: its pieces by score, control and
// user-defined ones found before anything is cut. Throws JobError naming
// `where` for kinds and settings that are not computed here.
TokenizerParts sentencepiece_parts(const storage::SentencePieceModel& model,
                                   Prefix prefix, const std::string& where);

// tokenizer.model in a Hugging Face folder.
std::unique_ptr<Tokenizer> read_sentencepiece(const std::string& folder);

}  // namespace coxswain::jobs
