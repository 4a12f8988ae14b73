#pragma once

#include <memory>
#include <string>

#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// The tokenizer of a Hugging Face folder: tokenizer.json (of kind BPE), with
// what tokenizer_config.json beside it says of the beginning. Throws JobError
// naming file and key for kinds and settings that are not computed here.
std::unique_ptr<Tokenizer> read_tokenizer_json(const std::string& folder);

}  // namespace coxswain::jobs
