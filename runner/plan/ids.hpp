#pragma once

#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace coxswain::runner {

// A place in a list of `Of`: one into something else is another type. Made
// without a number it is none, as -1 is in the columns of results.h5.
template <class Of>
class Index {
 public:
  constexpr Index() = default;
  constexpr explicit Index(std::size_t number)
      : number_(static_cast<std::int64_t>(number)) {}

  constexpr bool there() const { return number_ >= 0; }
  constexpr std::size_t number() const {
    assert(there());
    return static_cast<std::size_t>(number_);
  }
  // For a column or a task's field of 32 bits: -1 for none.
  constexpr std::int32_t column() const {
    assert(number_ <= std::numeric_limits<std::int32_t>::max());
    return static_cast<std::int32_t>(number_);
  }
  // For a column of 64 bits.
  constexpr std::int64_t column64() const { return number_; }
  constexpr auto operator<=>(const Index&) const = default;

 private:
  std::int64_t number_ = -1;
};

// A row of a table of results.h5, by the struct of its rows.
template <class Row>
using RowOf = Index<Row>;

template <class T, class Of>
T& at(std::vector<T>& list, Index<Of> index) {
  assert(index.number() < list.size());
  return list[index.number()];
}
template <class T, class Of>
const T& at(const std::vector<T>& list, Index<Of> index) {
  assert(index.number() < list.size());
  return list[index.number()];
}

// The row that the next push_back() makes.
template <class Row>
RowOf<Row> next_row(const std::vector<Row>& table) {
  return RowOf<Row>(table.size());
}

// The row that a column names.
template <class Row>
RowOf<Row> row_of(std::int64_t column) {
  return column < 0 ? RowOf<Row>()
                    : RowOf<Row>(static_cast<std::size_t>(column));
}

struct PlannedTask;
using TaskIndex = Index<PlannedTask>;

// For who counts tasks alone and knows nothing of plans.
inline std::vector<std::size_t> numbers_of(
    const std::vector<TaskIndex>& tasks) {
  std::vector<std::size_t> numbers;
  for (const TaskIndex task : tasks) numbers.push_back(task.number());
  return numbers;
}

// Rows of a task's arrays: of the layers of a vector task, of the requests and
// the parts of a decompose task, of the requests of a variants task; and the
// place of a task among another's inputs.
using LayerIndex = Index<struct LayerOfTask>;
using RequestIndex = Index<struct DecompositionOfTask>;
using PartIndex = Index<struct PartOfTask>;
using InputIndex = Index<struct InputOfTask>;

}  // namespace coxswain::runner
