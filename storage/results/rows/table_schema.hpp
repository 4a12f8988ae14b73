#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coxswain::storage {

// What a table of results.h5 says of itself: its columns, each a member of
// the struct that is one row.

// Fixed-length UTF-8, padded with zeros. Longer text is cut at N bytes.
template <std::size_t N>
struct Text {
  std::array<char, N> bytes{};

  Text() = default;
  Text(std::string_view text) {  // NOLINT: reads like a string at call sites
    text.copy(bytes.data(), N);
  }
  std::string str() const {
    return {bytes.data(), std::string_view(bytes.data(), N).find('\0') ==
                                  std::string_view::npos
                              ? N
                              : std::string_view(bytes.data(), N).find('\0')};
  }
};

// Which format version brought a column, and what it is read as where a file
// lacks it.
struct Since {
  int version = 1;
  double absent = 0;
};

// Kinds of numbers and texts that columns hold.
enum class ColumnType : std::uint8_t { u8, i32, i64, u64, f32, f64, text };

// One column: where it is in the struct of a row, and what the file says of it.
struct Column {
  std::string name;
  ColumnType type;
  std::size_t offset;  // bytes in the struct
  std::size_t size;    // bytes
  std::string units;   // "1" without a unit
  std::string description;
  Since since;
};

// A table of results.h5: its place, what it is, and its columns in their order
// in the file.
struct TableSchema {
  std::string path;  // in the file
  std::string description;
  std::size_t row_bytes;
  std::vector<Column> columns;
  int since = 1;  // format version that brought the table
};

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
              const char* description, Since since = {}) {
  static const Row row{};
  const auto offset =
      static_cast<std::size_t>(reinterpret_cast<const char*>(&(row.*member)) -
                               reinterpret_cast<const char*>(&row));
  return {name, type_of<T>(), offset, sizeof(T), units, description, since};
}

}  // namespace coxswain::storage
