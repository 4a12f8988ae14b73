#include "storage/results/absent_column.hpp"

#include <algorithm>
#include <cstring>

namespace coxswain::storage {
namespace {

template <class T>
void put(double value, char* at) {
  const T number = static_cast<T>(value);
  std::memcpy(at, &number, sizeof number);
}

}  // namespace

void put_absent(const Column& column, char* row) {
  char* at = row + column.offset;
  switch (column.type) {
    case ColumnType::u8:
      return put<std::uint8_t>(column.since.absent, at);
    case ColumnType::i32:
      return put<std::int32_t>(column.since.absent, at);
    case ColumnType::i64:
      return put<std::int64_t>(column.since.absent, at);
    case ColumnType::u64:
      return put<std::uint64_t>(column.since.absent, at);
    case ColumnType::f32:
      return put<float>(column.since.absent, at);
    case ColumnType::f64:
      return put<double>(column.since.absent, at);
    case ColumnType::text:
      std::fill_n(at, column.size, '\0');
  }
}

}  // namespace coxswain::storage
