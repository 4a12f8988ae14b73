#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analysis/statistics/cluster_design.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Which of its behaviour's two answers matches an item: 1 the first (A), -1 the
// second (B), 0 where the items draw on more than two.
int matching_answer(const storage::ItemRow& item);

// Designs of sets of items, each made once: most variants have the same items.
// Refers to the results.
class ItemDesigns {
 public:
  explicit ItemDesigns(const storage::Results& results) : results_(results) {}

  // items: rows of tables/items, ascending. Stays valid as long as this does.
  const ClusterDesign& of(const std::vector<std::int32_t>& items);

 private:
  const storage::Results& results_;
  std::map<std::vector<std::int32_t>, ClusterDesign> designs_;
};

}  // namespace coxswain::analysis
