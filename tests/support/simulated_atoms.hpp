#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/measures/atom_verdicts.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// What a simulated vector is made of, and where its effect lies.
enum class MadeOf : std::uint8_t {
  atoms,           // eight decoder rows, which carry all of it
  atoms_in_noise,  // and noise of 0.3 of their length
  edge,            // four of the eight carry just above half
  twins,           // each atom has one like it (cosine 0.99)
  rest,            // eight decoder rows without an effect, and what carries it
  dense,           // a random direction
};
const char* name_of(MadeOf made);

// A vector taken apart by the program's own decompositions, and effects that
// are linear in what is added: those of a cluster are <x, w + deviation>. So
// every share has a true value.
struct SimulatedAtoms {
  storage::Results results;
  std::vector<std::int32_t> planted;  // features, the strongest first
  std::vector<double> effects;        // true, of each variant; 1 is v's
};

// What a verdict says of simulated atoms that is wrong, and what it finds.
struct AtomErrors {
  bool half_missed = false, most_missed = false;  // by K50's, K90's interval
  bool enough = false, needed = false;            // claimed where it is not so
  bool unique = false, not_unique = false;
  bool says_enough = false, says_unique = false, says_not_unique = false;
  int n_needed = 0, n_truly_needed = 0;
  double jaccard = 0;  // of the eight strongest atoms and the planted ones
};

// Makes them one after the other, with an SAE of 256 dimensions and 512
// features, or one in which features come in pairs.
class AtomSimulation {
 public:
  // Writes the SAEs into the folder.
  explicit AtomSimulation(const std::string& folder);

  SimulatedAtoms make(MadeOf made, std::uint64_t seed) const;

 private:
  jobs::SparseAutoencoder sae_, paired_;
};

AtomErrors errors_of(const SimulatedAtoms& simulated);

}  // namespace coxswain::tests
