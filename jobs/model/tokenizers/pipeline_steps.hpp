#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "jobs/model/tokenizers/normaliser.hpp"
#include "jobs/model/tokenizers/pre_tokenizer.hpp"

namespace coxswain::jobs {

// What happens to a text before its pieces are merged.
struct PipelineSteps {
  Normaliser normaliser;
  PreTokenizer pre_tokenizer;
  bool byte_level = false;  // pieces are bytes spelled in characters
  std::string space{};      // how pieces spell a space; empty: as one
};

// Steps from two lists as tokenizer.json spells them, sequences taken apart.
// Throws JobError naming `path` and key for what is not computed here.
PipelineSteps pipeline_steps(const nlohmann::json& normaliser,
                             const nlohmann::json& pre_tokenizer,
                             const std::string& path);

}  // namespace coxswain::jobs
