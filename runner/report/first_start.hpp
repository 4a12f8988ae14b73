#pragma once

#include <string>

#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// When a run was first started, in UTC as its run.json has it; empty where
// there is no such file, or it does not say.
std::string first_start(const storage::RunDirectory& run);

}  // namespace coxswain::runner
