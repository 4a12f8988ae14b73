#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::jobs {

// Activations that were made before, in an extract task's place, with the same
// results.
struct ImportTask {
  std::string path;    // as storage::open_stored_activations() takes it
  std::string digest;  // SHA-256 of the file
  std::string behaviour;
  std::vector<std::int32_t> layers;
};

}  // namespace coxswain::jobs
