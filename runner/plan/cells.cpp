#include "runner/plan/cells.hpp"

#include <algorithm>
#include <utility>

namespace coxswain::runner {

CellIndex Cells::add(CellKind kind, const storage::Key& key) {
  return add(kind, 1, [key](std::int64_t) { return key; }).first;
}

CellRange Cells::add(CellKind kind, std::int64_t count, KeyOfCell key_of) {
  assert(count >= 0);
  const CellIndex first(static_cast<std::size_t>(count_));
  blocks_.push_back({kind, count_, count, std::move(key_of)});
  count_ += count;
  return {first, count};
}

storage::Key Cells::key(CellIndex cell) const {
  const auto number = static_cast<std::int64_t>(cell.number());
  assert(number < count_);
  const auto behind =
      std::ranges::upper_bound(blocks_, number, {}, &Block::first);
  const Block& block = *std::prev(behind);
  return block.key_of(number - block.first);
}

std::vector<storage::CellRow> Cells::rows() const {
  std::vector<storage::CellRow> rows;
  rows.reserve(static_cast<std::size_t>(count_));
  for (const Block& block : blocks_) {
    for (std::int64_t i = 0; i < block.count; ++i) {
      const storage::Key key = block.key_of(i);
      storage::CellRow row;
      row.key_high = key.high;
      row.key_low = key.low;
      row.kind = static_cast<std::uint8_t>(block.kind);
      row.state = static_cast<std::uint8_t>(CellState::missing);
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace coxswain::runner
