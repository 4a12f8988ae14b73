#pragma once

#include <string>

#include "runner/sweep/sweep_selection.hpp"

namespace coxswain::runner {

// use(key of a sweep file, values) for each property that a choice may name, in
// the order in which sweeps are written.
template <class Use>
void for_each_axis(const CellChoice& choice, const Use& use) {
  use("model", choice.models);
  use("behaviour", choice.behaviours);
  use("sae", choice.saes);
  use("variant", choice.variants);
  use("operation", choice.operations);
  use("method", choice.methods);
  use("layer", choice.layers);
  use("multiplier", choice.multipliers);
}

// What a choice says in one line: "layer=1,2 multiplier=0.5".
std::string line_of(const CellChoice& choice);

}  // namespace coxswain::runner
