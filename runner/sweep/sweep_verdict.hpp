#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// [verdict], if the sweep has one, behind [steer] and [decompose]: its methods
// become some of [decompose]. Throws ProgramError (bad_sweep) for what can't
// be.
void read_verdict(TableReader& root, Sweep& sweep);

// A [[support]] table.
SupportEntry read_support(TableReader& reader, const Sweep& sweep);

}  // namespace coxswain::runner
