#pragma once

#include <string>
#include <vector>

#include "jobs/model/config/architecture.hpp"
#include "jobs/model/config/tensor_names.hpp"
#include "storage/models/gguf.hpp"
#include "storage/models/weight_file.hpp"

namespace coxswain::jobs {

// An opened model: its description, and where its weights are.
struct Checkpoint {
  std::string format;  // "gguf", "huggingface"
  Architecture architecture;
  TensorNames names;
  storage::WeightFile weights;
  std::vector<std::string> notes;  // what the user should know
};

// How many numbers a model's tensors have together.
std::int64_t count_weights(const Checkpoint& checkpoint);

// A GGUF file or a Hugging Face folder. Reads headers only and checks that
// every weight is there with the shape the description implies. Throws
// JobError or storage::StorageError naming file, key or tensor.
Checkpoint open_checkpoint(const std::string& path);
Checkpoint open_gguf_checkpoint(const storage::GgufFile& file);

}  // namespace coxswain::jobs
