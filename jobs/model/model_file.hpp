#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jobs/model/config/architecture.hpp"
#include "jobs/model/tokenizers/own_template.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// A model as its headers tell it: enough to plan with, no weights.
struct ModelHeader {
  std::string format;           // "gguf", "huggingface"
  std::string dtype;            // of most weights
  std::int64_t file_bytes = 0;  // of all its weights
  std::int64_t n_weights = 0;
  Architecture architecture;
  std::shared_ptr<const Tokenizer> tokenizer;
  std::string tokenizer_digest;
  OwnTemplate own_template;
  std::vector<std::string> notes;  // what the user should know
};

// Reads and checks, of a GGUF file or a Hugging Face folder, headers, tensor
// shapes and the tokenizer. Throws JobError or storage::StorageError naming
// file, key or tensor.
ModelHeader read_model_header(const std::string& path);

// SHA-256 of a GGUF file. Of a folder: SHA-256 of the lines that sha256sum
// prints for config.json and the files of weights, in the order of their
// names. Reads everything.
std::string model_digest(const std::string& path);

}  // namespace coxswain::jobs
