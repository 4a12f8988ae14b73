#pragma once

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Reads headers and data, and digests from `digests`. Throws ProgramError with
// the exit code of whatever is wrong, before anything is written.
Plan make_plan(const Sweep& sweep, const DigestSource& digests);
// With the digests of the files, which are read whole.
Plan make_plan(const Sweep& sweep);

}  // namespace coxswain::runner
