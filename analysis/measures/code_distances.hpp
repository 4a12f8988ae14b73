#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analysis/measures/vector_codes.hpp"
#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// How far what an SAE names for one vector (its code by `encode` at scale 1,
// under the SAE's own convention) is from what it names for the zero vector.
struct CodeDistance {
  std::int32_t vector = 0, sae = 0;  // rows
  Ranked top, top_of_zero;           // at most five each, strongest first
  std::size_t shared = 0;            // of `top`, in `top_of_zero`
  // Euclidean, over the features that are stored of either code.
  double distance = 0;
  // The same of directions without a meaning as long as the vector, of shuffled
  // labels at their own length, an entry a direction.
  std::map<storage::Control, std::vector<double>> of_noise;
};

// One entry for each vector of all pairs and SAE with both codes, by SAE first.
std::vector<CodeDistance> code_distances(const storage::Results& results);

}  // namespace coxswain::analysis
