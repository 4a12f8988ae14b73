#include "analysis/measures/atoms.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {
namespace {

using storage::Part;

// Numbers [first, last) of an array, if it has so many.
template <class T>
std::vector<T> some_of(const storage::Results& results, const char* name,
                       std::int64_t first, std::int64_t last) {
  const auto found = results.arrays.find(name);
  const auto end = static_cast<std::size_t>(last) * sizeof(T);
  if (found == results.arrays.end() || first < 0 || last < first ||
      found->second.bytes.size() < end) {
    return {};
  }
  std::vector<T> values(static_cast<std::size_t>(last - first));
  found->second.bytes.copy(reinterpret_cast<char*>(values.data()),
                           values.size() * sizeof(T),
                           static_cast<std::size_t>(first) * sizeof(T));
  return values;
}

bool is_of_atom(const storage::VariantRow& row) {
  return is(row.part, Part::atom) || is(row.part, Part::without) ||
         is(row.part, Part::minus_atom) || is(row.part, Part::off_atom);
}

}  // namespace

std::vector<Atom> atoms_of(const storage::Results& results,
                           std::int32_t decomposition) {
  if (decomposition < 0) return {};
  const auto ends = some_of<std::int64_t>(results, "codes/offsets",
                                          decomposition, decomposition + 2);
  if (ends.size() != 2) return {};
  const auto features =
      some_of<std::int32_t>(results, "codes/features", ends[0], ends[1]);
  const auto values = some_of<float>(results, "codes/values", ends[0], ends[1]);
  if (features.size() != values.size()) return {};
  std::map<std::int32_t, std::int32_t> ranks;  // of those that are known
  // Rows stand by decomposition.
  for (const storage::FeatureRow& row :
       std::ranges::equal_range(results.features, decomposition, {},
                                &storage::FeatureRow::decomposition)) {
    ranks[row.feature] = row.rank;
  }
  const auto rank = [&](const Atom& one) {
    const auto found = ranks.find(one.feature);
    return found == ranks.end() ? std::ssize(ranks)
                                : std::ptrdiff_t{found->second};
  };
  std::vector<Atom> atoms;
  for (std::size_t i = 0; i < values.size(); ++i) {
    atoms.push_back({features[i], values[i]});
  }
  std::ranges::sort(atoms, [&](const Atom& a, const Atom& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    const float first = std::abs(a.coefficient),
                second = std::abs(b.coefficient);
    return first != second ? first > second : a.feature < b.feature;
  });
  return atoms;
}

std::int32_t feature_of(const storage::Results& results,
                        const storage::VariantRow& variant) {
  if (variant.feature >= 0) return variant.feature;
  if (variant.decomposition < 0 || variant.part_k < 0 || !is_of_atom(variant)) {
    return -1;
  }
  const std::vector<Atom> atoms = atoms_of(results, variant.decomposition);
  const auto place = static_cast<std::size_t>(variant.part_k);
  return place < atoms.size() ? atoms[place].feature : -1;
}

}  // namespace coxswain::analysis
