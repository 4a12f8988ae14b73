#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/files/durable_file.hpp"
#include "storage/results/h5.hpp"
#include "storage/results/results.hpp"
#include "storage/results/rows/activation_row.hpp"

namespace coxswain::storage {

// Activations are written in pieces after the tables, so that they are never
// in memory whole.
struct ActivationSet {
  std::string path;  // activations/<model>/<behaviour>
  std::vector<ActivationRow> rows;
  std::vector<std::int32_t> layers;
  std::int64_t d_model = 0;
  DType dtype = DType::f32;  // or bf16
};

// Where the activations of one layer lie in a file, and the array they go to:
// [n_rows, d_model], bfloat16 as its 16 bits.
std::string layer_path(const std::string& set_path, std::int32_t layer);
void create_activations(H5File& file, const ActivationSet& set,
                        std::int32_t layer, std::int64_t n_rows);

constexpr const char* kActivationsFileType = "coxswain-activations";

// Writes results.h5 under a temporary name and publishes it in finish();
// nothing is left of what was not finished.
class ResultsWriter {
 public:
  explicit ResultsWriter(std::string path);

  void write(const Results& results);
  // What the rows of a set are that lies in files of its own.
  void rows(const ActivationSet& set);
  void begin(const ActivationSet& set);
  // `values` [n, d_model] of the set's kind go to rows first.. of that layer.
  void activations(const ActivationSet& set, std::int32_t layer,
                   std::int64_t first, std::string_view values);
  // fsync, rename to the final name.
  void finish();

 private:
  std::string path_;
  ScopedTemporary temporary_;
  H5File file_;
};

// Reads all of results.h5 but activations. Refuses a file that is not ours or
// of another format version.
Results read_results(const std::string& path);

}  // namespace coxswain::storage
