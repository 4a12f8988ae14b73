#pragma once

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// `method` of [vector]: how vectors are made of the pairs.
std::vector<jobs::VectorMethod> read_vector_methods(TableReader& reader);

// `train_clusters` and `train_draws` of [vector]: vectors of fewer clusters.
void read_train_clusters(TableReader& vector, Sweep& sweep);

// A [[vector_file]] table, once the sweep has its models, data and layers. The
// file itself is not read.
VectorFileEntry read_vector_file(TableReader& reader, const Sweep& sweep);

}  // namespace coxswain::runner
