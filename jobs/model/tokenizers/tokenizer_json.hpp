#pragma once

#include "jobs/model/tokenizers/pipeline_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_folder.hpp"
#include "jobs/model/tokenizers/tokenizer_reading.hpp"

namespace coxswain::jobs {

// The parts of a folder's tokenizer.json (of kind BPE) under one reading of the
// files beside it. Throws JobError naming file and key for kinds and settings
// that are not computed here.
TokenizerParts json_parts(const TokenizerFolder& folder,
                          const TokenizerReading& reading);

}  // namespace coxswain::jobs
