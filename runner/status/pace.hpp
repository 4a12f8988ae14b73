#pragma once

#include <string>

#include "runner/status/live_status.hpp"

namespace coxswain::runner {

// "46 %" of a share from 0 to 1, rounded down: 100 only of all.
std::string percent_text(double share);

// How far a run is and how fast it goes: "46 %   12.5 tasks/s   5 GFLOP/s". A
// pace in tasks only where it says more than the percentage does: from one a
// second on; longer tasks are few, and seldom equal.
std::string pace_text(const LiveStatus& status);

// "left 1m00" while that is known, "draining: 2 tasks under way", or "".
std::string left_text(const LiveStatus& status);

}  // namespace coxswain::runner
