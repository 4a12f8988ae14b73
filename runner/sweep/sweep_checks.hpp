#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// What no table of a sweep file can know alone. Throws ProgramError
// (bad_sweep).
void check_together(const TableReader& root, const Sweep& sweep);

}  // namespace coxswain::runner
