#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// Activations of contrast pairs that somebody made before: a sealed run that
// kept them, or a safetensors file with `positive` and `negative`
// [n_pairs, d_in].
struct StoredActivations {
  // Contrast pairs of one behaviour, in the order they were stored.
  struct Behaviour {
    std::string name;
    std::int64_t n_pairs = 0;
  };
  std::string file;   // results.h5 or the safetensors file
  std::string model;  // its id in the run; empty for a file
  std::int64_t d_in = 0;
  std::vector<Behaviour> behaviours;
  std::vector<int> layers;  // that a run has of all of them; empty for a file
};

// `path`: a run directory, its results.h5, or a safetensors file, whose
// behaviour is called after it. Reads headers only. Throws StorageError for a
// run that kept no activations, or whose cells of them are not all done.
StoredActivations open_stored_activations(const std::string& path);

// [n_pairs, 2, d_in] float32: x+ and x- of each pair. The layer is a run's; a
// file has one.
Array read_stored_activations(const StoredActivations& of,
                              const std::string& behaviour, int layer);

}  // namespace coxswain::storage
