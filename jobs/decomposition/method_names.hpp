#pragma once

#include <string>
#include <utility>
#include <vector>

namespace coxswain::jobs {

// Name and description of every decomposition method; no libtorch needed.
std::vector<std::pair<std::string, std::string>> decomposition_methods();

}  // namespace coxswain::jobs
