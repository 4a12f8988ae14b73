#pragma once

#include <string>

#include "jobs/sae/formats/sae_files.hpp"

namespace coxswain::jobs {

// The files of an SAE, described and checked: every tensor is there, of a
// floating-point kind and of the shape that the header says, and no other.
SaeFiles open_sae(const std::string& path, const SaeOptions& options);

}  // namespace coxswain::jobs
