#pragma once

#include <memory>
#include <string>

#include "jobs/model/architecture.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// A model as its file's header tells it: enough to plan with, no weights.
struct ModelHeader {
  std::string format;  // "gguf"
  std::string dtype;   // of most weights
  Architecture architecture;
  std::shared_ptr<const Tokenizer> tokenizer;
  std::string tokenizer_digest;
};

// Reads and checks header, tensor shapes and tokenizer. Throws JobError or
// storage::StorageError naming file, key or tensor.
ModelHeader read_model_header(const std::string& path);

}  // namespace coxswain::jobs
