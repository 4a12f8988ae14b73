#pragma once

#include <type_traits>

#include "storage/results_schema.hpp"

namespace coxswain::storage {

template <class T>
constexpr ColumnType type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>)
    return ColumnType::u8;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return ColumnType::i32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return ColumnType::i64;
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return ColumnType::u64;
  else if constexpr (std::is_same_v<T, float>)
    return ColumnType::f32;
  else if constexpr (std::is_same_v<T, double>)
    return ColumnType::f64;
  else
    return ColumnType::text;
}

// A column that holds a member of the table's struct.
template <class Row, class T>
Column column(T Row::*member, const char* name, const char* units,
              const char* description) {
  static const Row row{};
  const auto offset =
      static_cast<std::size_t>(reinterpret_cast<const char*>(&(row.*member)) -
                               reinterpret_cast<const char*>(&row));
  return {name, type_of<T>(), offset, sizeof(T), units, description};
}

}  // namespace coxswain::storage
