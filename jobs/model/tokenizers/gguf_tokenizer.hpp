#pragma once

#include <memory>

#include "jobs/model/tokenizers/tokenizer.hpp"
#include "storage/models/gguf.hpp"

namespace coxswain::jobs {

// The tokenizer inside a GGUF file: byte-level BPE ("gpt2", with the rules
// that tokenizer.ggml.pre names) or SentencePiece's BPE ("llama"). Throws
// JobError naming file and key.
std::unique_ptr<Tokenizer> read_gguf_tokenizer(const storage::GgufFile& file);

}  // namespace coxswain::jobs
