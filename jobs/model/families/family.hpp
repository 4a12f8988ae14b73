#pragma once

#include <string>

#include "jobs/model/config/architecture.hpp"
#include "jobs/model/config/config.hpp"
#include "jobs/model/config/tensor_names.hpp"

namespace coxswain::jobs {

// A model family: what its settings mean and what its tensors are called. A
// new family is one unit and one line in the table of family.cpp.
struct Family {
  std::string model_type;  // in config.json
  std::string gguf_name;   // general.architecture; empty: it has none
  // Throws JobError for settings this program would compute wrongly.
  Architecture (*describe)(Config& config);
  TensorNames huggingface, gguf;
};

// The family of a name in config.json, or in a GGUF file. Throws JobError
// naming `where` for one that we don't have.
const Family& family_of_model_type(const std::string& model_type,
                                   const std::string& where);
const Family& family_of_gguf(const std::string& name, const std::string& where);

extern const Family kGemmaFamily, kGemma2Family, kGemma3Family, kGpt2Family,
    kGptNeoxFamily, kLlamaFamily, kMistralFamily, kQwen2Family, kQwen3Family;

}  // namespace coxswain::jobs
