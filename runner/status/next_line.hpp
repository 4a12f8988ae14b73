#pragma once

#include <string>

#include "runner/status/run_view.hpp"

namespace coxswain::runner {

// What to type next, by what a run does or how it ended: a line or two, each
// beginning with "next: " and with its end, paths quoted for a shell.
std::string next_line(const RunView& view);

}  // namespace coxswain::runner
