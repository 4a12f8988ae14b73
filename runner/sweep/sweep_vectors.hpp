#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// A [[vector_file]] table, once the sweep has its models, data and layers. The
// file itself is not read.
VectorFileEntry read_vector_file(TableReader& reader, const Sweep& sweep);

}  // namespace coxswain::runner
