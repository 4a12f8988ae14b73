#pragma once

#include <set>
#include <string>

namespace coxswain::runner {

// What was expected in place of a name that is not known: all of them if they
// are few, else the nearest.
std::string one_of(const std::set<std::string>& known, const std::string& name);

}  // namespace coxswain::runner
