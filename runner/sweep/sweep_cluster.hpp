#pragma once

#include "cluster/slurm.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// [cluster] of a sweep whose workers have so many threads; without the table,
// what it would be. Throws ProgramError (bad_sweep).
cluster::ClusterRequest read_cluster(TableReader& root, int threads);

}  // namespace coxswain::runner
