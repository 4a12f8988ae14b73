#pragma once

#include <set>
#include <string>

namespace coxswain::runner {

// The name, or with the first of _2, _3 ... that `taken` does not have; it has
// it then.
std::string unique_name(const std::string& name, std::set<std::string>& taken);

}  // namespace coxswain::runner
