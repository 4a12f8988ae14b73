#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/files/reading_lock.hpp"
#include "storage/results/format_version.hpp"
#include "storage/results/rows/table_schema.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// One HDF5 object id, closed when it goes out of scope.
class H5Id {
 public:
  using Closer = int (*)(std::int64_t);
  // Throws StorageError naming `what` if the id is invalid.
  H5Id(std::int64_t id, Closer closer, const std::string& what);
  ~H5Id();
  H5Id(H5Id&& other) noexcept;
  H5Id(const H5Id&) = delete;
  H5Id& operator=(const H5Id&) = delete;
  H5Id& operator=(H5Id&&) = delete;
  std::int64_t get() const { return id_; }
  // At once, and negative if that failed.
  int close();

 private:
  std::int64_t id_;
  Closer closer_;
};

// An HDF5 file in the earliest format, without times, fixed-size types only.
// Every failed call throws StorageError naming file and object (FileError for
// what the system refused); the library itself prints nothing and locks
// nothing. Not thread-safe.
class H5File {
 public:
  static H5File create(const std::string& path);  // exclusively
  // For reading; throws FileHeld if another program holds it for writing.
  static H5File open(const std::string& path);

  void attribute(const std::string& object, const std::string& name,
                 const std::string& value);
  void attribute(const std::string& object, const std::string& name,
                 std::int64_t value);
  std::string text_attribute(const std::string& object,
                             const std::string& name) const;
  std::int64_t integer_attribute(const std::string& object,
                                 const std::string& name) const;

  // A one-dimensional compound data set; groups on the way are made. The
  // columns' units and meanings become its attribute `columns`.
  void write_table(const std::string& path, const TableSchema& schema,
                   const void* rows, std::size_t n_rows);
  // Columns are found by name; one that the file lacks has what its schema
  // says if format `version` had none, else it throws. `grow` is called with
  // the number of rows and returns where to put them.
  void read_table(const std::string& path, const TableSchema& schema,
                  std::int64_t version,
                  void* (*grow)(void* rows, std::size_t n_rows),
                  void* rows) const;
  bool has(const std::string& path) const;

  void create_array(const std::string& path, DType dtype,
                    const std::vector<std::int64_t>& shape,
                    const std::string& description, const std::string& units,
                    const std::string& axes);
  // Rows [first, first + n) of a created array, n from the size of `bytes`.
  void write_rows(const std::string& path, std::int64_t first,
                  std::string_view bytes);
  void write_array(const std::string& path, const Array& array,
                   const std::string& description, const std::string& units,
                   const std::string& axes);
  Array read_array(const std::string& path) const;
  // Rows [first, first + n) of an array: nothing else of it is read.
  Array read_rows(const std::string& path, std::int64_t first,
                  std::int64_t n) const;

  void write_text(const std::string& path, const std::string& text,
                  const std::string& description);
  std::string read_text(const std::string& path) const;

  std::vector<std::string> children(const std::string& group) const;  // by name
  // Everything is with the system then, and nothing more may be asked for.
  // Throws for what the destructor would swallow.
  void close();

 private:
  H5File(std::string path, std::optional<ReadingLock> lock, H5Id file);

  std::string path_;
  std::optional<ReadingLock> lock_;  // of a file that is read
  H5Id file_;
};

template <class Row>
void write_rows_of(H5File& file, const std::vector<Row>& rows,
                   const std::string& path = Row::schema().path) {
  file.write_table(path, Row::schema(), rows.data(), rows.size());
}

template <class Row>
std::vector<Row> read_rows_of(const H5File& file,
                              const std::string& path = Row::schema().path,
                              std::int64_t version = kResultsFormatVersion) {
  std::vector<Row> rows;
  file.read_table(
      path, Row::schema(), version,
      [](void* to, std::size_t n) -> void* {
        auto& vector = *static_cast<std::vector<Row>*>(to);
        vector.resize(n);
        return vector.data();
      },
      &rows);
  return rows;
}

}  // namespace coxswain::storage
