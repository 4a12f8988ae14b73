#pragma once

#include "storage/results/results_file.hpp"
#include "tests/support/simulated_clusters.hpp"

namespace coxswain::tests {

// What is planted in simulated results. Every direction has a slope of its own,
// normal with deviation 0.3, and every cluster its deviation of 0.4 from it: of
// noise that is all; the others have these content slopes beside it.
struct PlantedSlopes {
  double original = 0, encode = 0, encode_minus_zero = 0, omp = 0;
  double omp_positive = 0, of_zero = 0;
  // How many features more are (- -) than exchanged labels give, which have ten
  // of twenty or so.
  std::int64_t signs = 0;
  // How far the vector's code is from the zero vector's, beside a deviation of
  // 1 in each of its features, which noise's codes have as well.
  double code = 0;
};

// Two behaviours at two layers, each with an SAE; eight clusters of an item;
// five directions of isotropic and of covariance noise, steered and encoded;
// whole reconstructions by three methods and a positive part.
storage::Results simulated_answers(const PlantedSlopes& planted,
                                   Random& random);

// What the answers of such results claim of any behaviour.
struct Claims {
  bool steers = false, keeps = false, differs = false, distribution = false,
       signs = false;
};

Claims claims_of(const storage::Results& results);

// How many of `n` results claim it, results of seeds 0 .. n - 1.
struct ClaimCounts {
  int steers = 0, keeps = 0, differs = 0, distribution = 0, signs = 0;
};

ClaimCounts count_claims(const PlantedSlopes& planted, int n);

}  // namespace coxswain::tests
