#pragma once

#include <string>

#include "storage/results/results_file.hpp"

namespace coxswain::runner {

// What a run directory or a results file holds, for commands that look at
// results: of an unfinished run what is there so far, which is sealed in
// partial.h5. Prints what has to be said about that. `cache` is the folder of
// what is remembered of this machine. Throws ProgramError.
storage::Results results_at(const std::string& path, const std::string& cache);

}  // namespace coxswain::runner
