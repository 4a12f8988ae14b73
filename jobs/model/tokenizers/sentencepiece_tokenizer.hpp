#pragma once

#include <string>

#include "jobs/model/tokenizers/pipeline_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_folder.hpp"
#include "jobs/model/tokenizers/tokenizer_reading.hpp"
#include "storage/models/sentencepiece_model.hpp"

namespace coxswain::jobs {

// Where the space goes that SentencePiece puts before a text: once, or before
// every stretch between special tokens, as most converted tokenizers have it.
enum class Prefix { once, every_stretch };

// A SentencePiece vocabulary as merges: its pieces by score, control and
// user-defined ones found before anything is cut. Throws JobError naming
// `where` for kinds and settings that are not computed here.
TokenizerParts sentencepiece_parts(const storage::SentencePieceModel& model,
                                   Prefix prefix, const std::string& where);

// What a version of transformers makes of a folder with this tokenizer.model
// and no tokenizer.json. Throws JobError naming file and key.
TokenizerReading read_sentencepiece_as(const TokenizerFolder& folder,
                                       const storage::SentencePieceModel& model,
                                       Version version);
TokenizerParts sentencepiece_parts(const storage::SentencePieceModel& model,
                                   const TokenizerReading& reading,
                                   const std::string& where);

}  // namespace coxswain::jobs
