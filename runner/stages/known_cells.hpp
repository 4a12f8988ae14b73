#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "storage/run/journal.hpp"

namespace coxswain::runner {

struct HashOfKey {
  std::size_t operator()(const storage::Key& key) const { return key.low; }
};

// Which cells of a grid are in other results, and where.
struct KnownCells {
  // Cells of one result: everything of these items under these variants and
  // multipliers. Numbers in the grid that was asked for, then in the result's.
  using Pairs = std::vector<std::array<std::uint32_t, 2>>;
  struct Source {
    const storage::Commit* commit = nullptr;
    Pairs items, variants, multipliers;
  };

  std::vector<bool> known;  // of each cell of the grid
  std::int64_t count = 0;   // of those that are
  // A cell is in the first of them that has it.
  std::vector<Source> sources;
};

// Calls visit(cell of the grid, cell of the source) for all of a source's.
template <class Visit>
void for_each_cell(const KnownCells::Source& source,
                   const storage::CellGrid& grid, const Visit& visit) {
  const storage::CellGrid& its = source.commit->content.grid;
  const auto place = [](const storage::CellGrid& in, std::uint32_t item,
                        std::uint32_t variant, std::uint32_t multiplier) {
    return (item * in.variants.size() + variant) * in.multipliers.size() +
           multiplier;
  };
  for (const auto& [item, its_item] : source.items) {
    for (const auto& [variant, its_variant] : source.variants) {
      for (const auto& [multiplier, its_multiplier] : source.multipliers) {
        visit(place(grid, item, variant, multiplier),
              place(its, its_item, its_variant, its_multiplier));
      }
    }
  }
}

// All cells of a run's results, to be found again by what they are of. Takes
// four bytes for each item of a result, whatever number of cells that has.
class EvaluatedIndex {
 public:
  // The commit must stay where it is; it may be replaced by one of the same
  // items.
  void add(const storage::Commit& commit);
  // It can't be read.
  void forget(const storage::Commit& commit);

  // `bases`: hashes of what cells have in common that may stand for the grid's;
  // results of another than the grid's own count only if none of their cells
  // failed.
  KnownCells find(const storage::CellGrid& grid,
                  const std::vector<storage::Key>& bases) const;

 private:
  std::vector<std::uint32_t> results_with(const storage::Key& basis,
                                          const storage::CellGrid& grid) const;

  std::vector<const storage::Commit*> results_;  // null: forgotten
  std::unordered_map<const storage::Commit*, std::uint32_t> numbers_;
  // By basis and item.
  std::unordered_map<storage::Key, std::vector<std::uint32_t>, HashOfKey> with_;
};

}  // namespace coxswain::runner
