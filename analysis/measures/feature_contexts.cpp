#include "analysis/measures/feature_contexts.hpp"

#include <algorithm>
#include <tuple>

#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/vector_codes.hpp"

namespace coxswain::analysis {

ContextsOfFeatures contexts_of_features(const storage::Results& results) {
  ContextsOfFeatures contexts;
  for (const storage::ContextRow& row : results.contexts) {
    contexts[{row.sae, row.feature}].push_back(&row);
  }
  for (auto& [feature, rows] : contexts) {
    std::ranges::stable_sort(rows, {},
                             [](const auto* row) { return row->rank; });
  }
  return contexts;
}

std::vector<FeatureOfSae> by_importance(const storage::Results& results,
                                        const ContextsOfFeatures& contexts) {
  std::map<FeatureOfSae, std::size_t> places;
  const auto strongest = strongest_features(results);
  for (const storage::DecompositionRow* row : codes_of_vectors(results)) {
    const auto found = strongest.find(
        static_cast<std::int32_t>(row - results.decompositions.data()));
    if (found == strongest.end()) continue;
    for (const std::int32_t feature : ids_of(found->second)) {
      places.emplace(FeatureOfSae{row->sae, feature}, places.size());
    }
  }
  std::vector<FeatureOfSae> order;
  for (const auto& [feature, rows] : contexts) order.push_back(feature);
  std::ranges::stable_sort(order, {}, [&](const FeatureOfSae& one) {
    const auto place = places.find(one);
    return std::tuple(one.first,
                      place == places.end() ? places.size() : place->second);
  });
  return order;
}

ContextText context_text(const storage::ContextRow& row) {
  constexpr std::size_t kBefore = 60, kAfter = 30;  // characters
  return {ending(one_line(row.before.str()), kBefore),
          one_line(row.token.str()),
          beginning(one_line(row.after.str()), kAfter)};
}

}  // namespace coxswain::analysis
