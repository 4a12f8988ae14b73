#pragma once

#include <string>
#include <vector>

#include "runner/commands/commands.hpp"
#include "runner/status/run_call.hpp"

namespace coxswain::runner {

// What the command line changes of a sweep file, as words for another one.
std::vector<std::string> words_of(const Overrides& overrides);

// What to type to go on with a run.
RunCall call_of(const RunOptions& options);

}  // namespace coxswain::runner
