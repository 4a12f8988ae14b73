#pragma once

#include <string>
#include <vector>

#include "runner/growth/causes.hpp"

namespace coxswain::runner {

// "layer=14,15,method=encode" as one [only] a property: "layer=14,15" and
// "method=encode".
std::vector<std::string> selectors_of(const std::string& text);

// Lines: how many of these cells are there, by stage, and of those that are not
// which field of what made them new, with its values then and now. Pure.
std::string why_text(const Plan& plan, const std::vector<TaskFacts>& facts,
                     const std::vector<TaskStanding>& standings,
                     const Earlier& earlier, const CellChoice& choice);

}  // namespace coxswain::runner
