#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// A [[feature]] table, once the sweep has its SAEs and what is steered.
FeatureEntry read_feature(TableReader& reader, const Sweep& sweep);

}  // namespace coxswain::runner
