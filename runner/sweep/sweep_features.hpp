#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// The SAEs that a table names, each at a layer of [steer].
std::vector<std::string> saes_at(TableReader& reader, const Sweep& sweep);

// A [[feature]] table, once the sweep has its SAEs and what is steered.
FeatureEntry read_feature(TableReader& reader, const Sweep& sweep);

}  // namespace coxswain::runner
