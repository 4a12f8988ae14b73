#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runner/report/exported_vectors.hpp"

namespace coxswain::runner {

// Results as files for other programs: the same bytes for the same results.

// A file of an export, not made yet.
struct ExportFile {
  std::string name;                  // path in the folder
  std::size_t n_vectors = 0;         // none in a table
  std::vector<std::int32_t> layers;  // of a control vector
  // Made when it is asked for, so that one is in memory at a time. Refers to
  // what the file was made of. Throws StorageError.
  std::function<std::string()> bytes;
};

// MODEL.safetensors: every vector of a model, a file a model.
std::vector<ExportFile> safetensors_files(const storage::Results& results,
                                          const ExportedVectors& vectors);

// gguf/MODEL/BEHAVIOUR/KIND.gguf: what llama.cpp reads as a control vector, a
// direction a layer. Vectors of block 0 are in none of them: llama.cpp steers
// every block but that.
std::vector<ExportFile> control_vector_files(const storage::Results& results,
                                             const ExportedVectors& vectors);

// tables/NAME.csv and names/NAME.csv, as they are called in the results, and
// derived/item_slopes.csv: each item's slope under each variant.
std::vector<ExportFile> table_files(const storage::Results& results);

// What llama.cpp calls the architecture of a model family.
std::string gguf_architecture(const std::string& family);

}  // namespace coxswain::runner
