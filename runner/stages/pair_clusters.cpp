#include "runner/stages/pair_clusters.hpp"

#include <map>
#include <set>

namespace coxswain::runner {

// In A/B data a cluster is a question, and stays within its matching letter
// where it has one order alone. One whose copies match under both letters is
// drawn with its like.
std::vector<jobs::PairCluster> clusters_of(const Plan& plan,
                                           BehaviourIndex behaviour) {
  std::vector<jobs::PairCluster> clusters;
  const jobs::Behaviour& data = at(plan.behaviours, behaviour);
  if (!plan.sweep.stored.source.empty()) {
    for (std::int32_t pair = 0; pair < data.lines; ++pair) {
      clusters.push_back({pair, 0});
    }
    return clusters;
  }
  const bool both_orders =
      at(plan.data, behaviour).letters == jobs::Letters::counterbalanced;
  std::map<std::int32_t, std::set<std::int32_t>> signs;
  for (const auto& item : data.train) {
    signs[item.cluster].insert(item.tokens.letter_sign);
  }
  for (const auto& item : data.train) {
    const bool both = both_orders || signs[item.cluster].size() > 1;
    clusters.push_back({item.cluster, both ? 0 : item.tokens.letter_sign});
  }
  return clusters;
}

}  // namespace coxswain::runner
