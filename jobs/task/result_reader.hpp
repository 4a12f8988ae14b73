#pragma once

#include <any>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "jobs/task/result_array.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// The array, if its last axis has `columns` numbers of this kind. Throws
// storage::StorageError that names `where` and the array otherwise.
const storage::Array& array_with(const storage::ArrayMap& arrays,
                                 const std::string& name, storage::DType dtype,
                                 std::int64_t columns,
                                 const std::string& where);

// All rows of an array: as many as it has without its last axis. Throws what
// array_with() throws.
template <class Row>
std::vector<Row> read_rows(const storage::ArrayMap& arrays, RowsOf<Row> which,
                           const std::string& where) {
  const std::string& bytes =
      array_with(arrays, which.name, which.kDtype, which.kColumns, where).bytes;
  std::vector<Row> rows(bytes.size() / sizeof(Row));
  const std::size_t size = rows.size() * sizeof(Row);
  if (size > 0) std::memcpy(rows.data(), bytes.data(), size);
  return rows;
}

// The result of one task, read by the constants of its kind; arrays are
// converted once. What is returned lives as long as the reader. Throws
// storage::StorageError that names `where` and the array if there is none of
// that name, or one of another kind or shape. Not thread-safe.
class ResultReader {
 public:
  ResultReader(storage::ArrayMap arrays, std::string where);

  const storage::ArrayMap& arrays() const { return arrays_; }
  // For its shape.
  template <class Named>
  const storage::Array& array(Named which) const {
    return find(which.name);
  }

  // All numbers, row-major: of any floating kind widened to float64, of any
  // integer kind to 64 bits.
  template <std::floating_point T>
  const std::vector<double>& doubles(NumbersOf<T> which) {
    return doubles(which.name);
  }
  template <std::integral T>
  const std::vector<std::int64_t>& integers(NumbersOf<T> which) {
    return integers(which.name);
  }

  // All rows, as read_rows() has them.
  template <class Row>
  std::span<const Row> rows(RowsOf<Row> which) {
    std::any& kept = rows_[which.name];
    if (!kept.has_value()) kept = read_rows(arrays_, which, where_);
    return std::any_cast<const std::vector<Row>&>(kept);
  }
  // Row i of them, if there are so many.
  template <class Row>
  const Row& row(RowsOf<Row> which, std::size_t i) {
    const std::span<const Row> all = rows(which);
    if (i >= all.size()) refuse_row(which.name, i, all.size());
    return all[i];
  }

 private:
  [[noreturn]] void refuse_row(const std::string& name, std::size_t i,
                               std::size_t n) const;
  const storage::Array& find(const std::string& name) const;
  const std::vector<double>& doubles(const std::string& name);
  const std::vector<std::int64_t>& integers(const std::string& name);

  storage::ArrayMap arrays_;
  std::string where_;
  std::map<std::string, std::vector<double>> doubles_;
  std::map<std::string, std::vector<std::int64_t>> integers_;
  std::map<std::string, std::any> rows_;  // std::vector<Row>
};

}  // namespace coxswain::jobs
