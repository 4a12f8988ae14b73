#include "runner/stages/known_cells.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>

namespace coxswain::runner {
namespace {

using storage::CellGrid;
using storage::Commit;
using storage::Key;

Key place_of(const Key& basis, const Key& item) {
  return {basis.high ^ item.high, basis.low + 31 * item.low};
}

// Where elements of one list are in another; {} is nowhere.
template <class T, class Numbers>
KnownCells::Pairs common(const Numbers& wanted, const std::vector<T>& list) {
  KnownCells::Pairs pairs;
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    const auto [first, last] = wanted.equal_range(list[i]);
    for (auto one = first; one != last; ++one)
      pairs.push_back({one->second, i});
  }
  std::ranges::sort(pairs);
  return pairs;
}

// The numbers of a grid's axes, by what they are of.
struct Wanted {
  explicit Wanted(const CellGrid& grid) {
    number(grid.items, items);
    number(grid.variants, variants);
    number(grid.multipliers, multipliers);
  }

  template <class T, class Numbers>
  static void number(const std::vector<T>& list, Numbers& numbers) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      if (list[i] != T{} || std::is_floating_point_v<T>) {
        numbers.emplace(list[i], i);
      }
    }
  }

  std::unordered_multimap<Key, std::uint32_t, HashOfKey> items, variants;
  std::unordered_multimap<double, std::uint32_t> multipliers;
};

}  // namespace

void EvaluatedIndex::add(const Commit& commit) {
  const CellGrid& grid = commit.content.grid;
  if (grid.items.empty()) return;
  const auto number = static_cast<std::uint32_t>(results_.size());
  if (!numbers_.emplace(&commit, number).second) return;  // replaced
  results_.push_back(&commit);
  for (const Key& item : grid.items) {
    with_[place_of(grid.basis, item)].push_back(number);
  }
}

void EvaluatedIndex::forget(const Commit& commit) {
  const auto found = numbers_.find(&commit);
  if (found != numbers_.end()) results_[found->second] = nullptr;
}

std::vector<std::uint32_t> EvaluatedIndex::results_with(
    const Key& basis, const CellGrid& grid) const {
  std::set<std::uint32_t> numbers;
  for (const Key& item : grid.items) {
    const auto found = with_.find(place_of(basis, item));
    if (found == with_.end()) continue;
    numbers.insert(found->second.begin(), found->second.end());
  }
  return {numbers.begin(), numbers.end()};
}

KnownCells EvaluatedIndex::find(const CellGrid& grid,
                                const std::vector<Key>& bases) const {
  KnownCells found;
  const std::size_t size =
      grid.items.size() * grid.variants.size() * grid.multipliers.size();
  found.known.assign(size, false);
  const auto all = static_cast<std::int64_t>(size);
  std::optional<Wanted> wanted;
  for (const Key& basis : bases) {
    for (const std::uint32_t number : results_with(basis, grid)) {
      const Commit* commit = results_[number];
      if (commit == nullptr || found.count == all) continue;
      const storage::CommitContent& content = commit->content;
      // Another basis: the hash of a place may be shared, and what failed there
      // need not fail here.
      if (content.grid.basis != basis ||
          (basis != grid.basis && content.failed_cells > 0)) {
        continue;
      }
      if (!wanted) wanted.emplace(grid);
      KnownCells::Source source{
          commit, common(wanted->items, content.grid.items),
          common(wanted->variants, content.grid.variants),
          common(wanted->multipliers, content.grid.multipliers)};
      const std::int64_t before = found.count;
      for_each_cell(source, grid, [&](std::size_t cell, std::size_t) {
        if (found.known[cell]) return;
        found.known[cell] = true;
        ++found.count;
      });
      if (found.count > before) found.sources.push_back(std::move(source));
    }
  }
  return found;
}

}  // namespace coxswain::runner
