#include "analysis/measures/equal_vectors.hpp"

#include <cmath>
#include <map>
#include <string_view>
#include <tuple>

#include "analysis/measures/steered_place.hpp"
#include "storage/results/model_rows.hpp"

namespace coxswain::analysis {
namespace {

// What two variants that do the same have in common.
using What =
    std::tuple<SteeredPlace, std::int32_t, std::int32_t, std::string_view>;

}  // namespace

std::vector<std::int32_t> equal_vectors(const storage::Results& results,
                                        std::span<const std::int32_t> order) {
  const std::size_t n = results.variants.size();
  std::vector<std::int32_t> first(n, -1);
  for (const std::int32_t variant : order) {
    first.at(static_cast<std::size_t>(variant)) = variant;
  }
  // Results that tests make up may have no arrays.
  if (n == 0 || !storage::has_model_rows(results, "variant_vectors")) {
    return first;
  }
  const storage::ModelRows added(results, "variant_vectors");
  std::map<What, std::int32_t> found;
  for (const std::int32_t variant : order) {
    const auto at = static_cast<std::size_t>(variant);
    const storage::VariantRow& row = results.variants[at];
    if (!std::isfinite(row.norm)) continue;
    const What what{place_of(row), row.layer, row.sign_rule, added.bytes(at)};
    first[at] = found.try_emplace(what, variant).first->second;
  }
  return first;
}

}  // namespace coxswain::analysis
