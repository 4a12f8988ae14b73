#pragma once

#include "runner/status/live_status.hpp"

namespace coxswain::tests {

// A status with something in every field: written at second 1000 of a run that
// began at 900, on host "node1", process 4711; two stages, two workers.
runner::LiveStatus toy_status();

}  // namespace coxswain::tests
