#include "analysis/measures/shared_items.hpp"

#include <algorithm>
#include <cassert>

namespace coxswain::analysis {

SharedItems shared_items(const Steerability& first,
                         const Steerability& second) {
  assert(std::ranges::is_sorted(first.items) &&
         std::ranges::is_sorted(second.items));
  SharedItems shared;
  // Both lists ascend: what they share is found in one walk.
  for (std::size_t i = 0, j = 0;
       i < first.items.size() && j < second.items.size();) {
    if (first.items[i] < second.items[j]) {
      ++i;
    } else if (second.items[j] < first.items[i]) {
      ++j;
    } else {
      shared.items.push_back(first.items[i]);
      shared.first.push_back(first.item_slopes[i++]);
      shared.second.push_back(second.item_slopes[j++]);
    }
  }
  return shared;
}

}  // namespace coxswain::analysis
