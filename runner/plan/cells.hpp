#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "runner/plan/ids.hpp"
#include "runner/plan/names.hpp"
#include "storage/files/digest.hpp"
#include "storage/results/rows/cell_row.hpp"

namespace coxswain::runner {

using CellIndex = RowOf<storage::CellRow>;

// Cells that follow each other in tables/cells.
struct CellRange {
  CellIndex first;
  std::int64_t count = 0;
};

// The key of a range's i-th cell. It is asked when rows are written, and holds
// what it needs by value.
using KeyOfCell = std::function<storage::Key(std::int64_t i)>;

// Every cell of a plan, in the order of tables/cells, as ranges with a rule for
// their keys: no memory is taken a cell.
class Cells {
 public:
  CellIndex add(CellKind kind, const storage::Key& key);
  CellRange add(CellKind kind, std::int64_t count, KeyOfCell key_of);

  std::int64_t count() const { return count_; }
  storage::Key key(CellIndex cell) const;
  // The rows of tables/cells, none of them computed yet.
  std::vector<storage::CellRow> rows() const;

 private:
  struct Block {
    CellKind kind;
    std::int64_t first, count;
    KeyOfCell key_of;
  };
  std::vector<Block> blocks_;
  std::int64_t count_ = 0;
};

}  // namespace coxswain::runner
