#include "analysis/measures/steered_place.hpp"

#include <algorithm>
#include <optional>

#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {

SteeredPlace place_of(const storage::VariantRow& variant) {
  return {variant.vector, variant.dose_rule, variant.operation};
}

std::vector<std::int32_t> main_operations(const storage::Results& results) {
  const std::size_t n = results.behaviours.size();
  std::vector<std::optional<std::int32_t>> of_originals(n), of_all(n);
  const auto lower = [](std::optional<std::int32_t>& least, std::int32_t one) {
    least = std::min(least.value_or(one), one);
  };
  for (const storage::VariantRow& row : results.variants) {
    const auto behaviour = static_cast<std::size_t>(row.behaviour);
    lower(of_all.at(behaviour), row.operation);
    if (is(row.source, storage::VariantSource::original)) {
      lower(of_originals.at(behaviour), row.operation);
    }
  }
  std::vector<std::int32_t> operations;
  for (std::size_t i = 0; i < n; ++i) {
    operations.push_back(of_originals[i].value_or(of_all[i].value_or(0)));
  }
  return operations;
}

}  // namespace coxswain::analysis
