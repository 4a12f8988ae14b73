#pragma once

#include <vector>

#include "jobs/task/pair_cluster.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Which training pairs of a behaviour are drawn, or have their labels
// exchanged, together: [n_pairs], in the order of its extract tasks. Clusters
// whose pairs all match the first answer, all the second, or both are strata.
// Stored activations say nothing of clusters: each pair is one.
std::vector<jobs::PairCluster> clusters_of(const Plan& plan,
                                           BehaviourIndex behaviour);

}  // namespace coxswain::runner
