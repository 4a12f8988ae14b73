#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// [only] and [[exclude]] of a sweep that is otherwise read. Throws ProgramError
// (bad_sweep), also for a value that nothing in the sweep has.
void read_choices(TableReader& root, Sweep& sweep);

}  // namespace coxswain::runner
