#include "analysis/forms/rows_csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <iterator>
#include <string_view>

#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

using storage::ColumnType;

template <class T>
void put(std::string& out, const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return;
  }
  fmt::format_to(std::back_inserter(out), "{}", value);
}

void put(std::string& out, const storage::Column& column, const char* row) {
  const char* at = row + column.offset;
  switch (column.type) {
    case ColumnType::u8:
      return put<std::uint8_t>(out, at);
    case ColumnType::i32:
      return put<std::int32_t>(out, at);
    case ColumnType::i64:
      return put<std::int64_t>(out, at);
    case ColumnType::u64:
      return put<std::uint64_t>(out, at);
    case ColumnType::f32:
      return put<float>(out, at);
    case ColumnType::f64:
      return put<double>(out, at);
    case ColumnType::text:
      const std::string_view text(at, column.size);
      out += csv_field(one_line(text.substr(0, text.find('\0'))));
  }
}

}  // namespace

std::string rows_to_csv(const storage::TableSchema& schema, const void* rows,
                        std::size_t n_rows) {
  std::string out;
  for (const storage::Column& column : schema.columns) {
    if (!out.empty()) out += ',';
    out += csv_field(column.name);
  }
  out += '\n';
  const char* row = static_cast<const char*>(rows);
  for (std::size_t i = 0; i < n_rows; ++i, row += schema.row_bytes) {
    const char* between = "";
    for (const storage::Column& column : schema.columns) {
      out += between;
      put(out, column, row);
      between = ",";
    }
    out += '\n';
  }
  return out;
}

}  // namespace coxswain::analysis
