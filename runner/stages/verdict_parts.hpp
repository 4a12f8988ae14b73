#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/sweep/sweep.hpp"

namespace coxswain::runner {

// A part of a decomposition that is steered with, under these norm rules.
struct SteeredPart {
  PartChoice part;
  std::vector<jobs::NormRule> norms;
};

// A decomposition of a behaviour's own vector that [verdict] or [[support]]
// asks for, and what of it is steered with.
struct WantedParts {
  jobs::MethodChoice method;
  int draw = -1;  // of a method that makes several of a vector
  std::vector<std::int64_t> features;  // of a [[support]]
  std::vector<SteeredPart> parts;
};

// What the sweep's [verdict] asks for, defaults filled in, for people.
std::string verdict_words(const VerdictEntry& verdict);

// All of them for one SAE, the same for every behaviour. What [steer] asks for
// is no part of it. Throws ProgramError (bad_sweep) for numbers of atoms with
// which any would do (above half of the SAE's dimensions), and for features
// that it has not.
std::vector<WantedParts> wanted_parts(const Sweep& sweep, const SaeEntry& sae,
                                      const jobs::SaeHeader& header);

}  // namespace coxswain::runner
