#include "analysis/measures/item_designs.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace coxswain::analysis {

int matching_answer(const storage::ItemRow& item) {
  const std::string letter = item.matching_letter.str();
  if (letter == "A") return 1;
  if (letter == "B") return -1;
  return item.matching_answer;
}

const ClusterDesign& ItemDesigns::of(const std::vector<std::int32_t>& items) {
  const auto found = designs_.find(items);
  if (found != designs_.end()) return found->second;
  std::vector<ClusteredItem> facts;
  facts.reserve(items.size());
  for (const std::int32_t item : items) {
    assert(0 <= item && item < std::ssize(results_.items));
    const storage::ItemRow& row =
        results_.items[static_cast<std::size_t>(item)];
    facts.push_back({matching_answer(row), row.cluster});
  }
  // One item beyond the two answers makes them more than two.
  if (std::ranges::count(facts, 0, &ClusteredItem::answer) > 0) {
    for (ClusteredItem& item : facts) item.answer = 0;
  }
  return designs_.emplace(items, ClusterDesign(std::move(facts))).first->second;
}

}  // namespace coxswain::analysis
