#include "storage/results/h5.hpp"

#include <hdf5.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/results/absent_column.hpp"
#include "storage/results/claimed_size.hpp"
#include "storage/results/h5_error.hpp"

namespace coxswain::storage {
namespace {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

void check(herr_t status, const std::string& what) {
  if (status < 0) throw_h5_error(what);
}

hid_t column_type(const Column& column) {
  switch (column.type) {
    case ColumnType::u8:
      return H5Tcopy(H5T_STD_U8LE);
    case ColumnType::i32:
      return H5Tcopy(H5T_STD_I32LE);
    case ColumnType::i64:
      return H5Tcopy(H5T_STD_I64LE);
    case ColumnType::u64:
      return H5Tcopy(H5T_STD_U64LE);
    case ColumnType::f32:
      return H5Tcopy(H5T_IEEE_F32LE);
    case ColumnType::f64:
      return H5Tcopy(H5T_IEEE_F64LE);
    case ColumnType::text:
      break;
  }
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, column.size);
  // Padded, not terminated: a text may fill its column to the last byte.
  H5Tset_strpad(text, H5T_STR_NULLPAD);
  H5Tset_cset(text, H5T_CSET_UTF8);
  return text;
}

// The struct in memory, or the same fields without padding in the file.
H5Id row_type(const TableSchema& schema, bool packed) {
  assert(std::ranges::all_of(schema.columns, [&](const Column& column) {
    return column.size > 0 && column.offset + column.size <= schema.row_bytes;
  }));
  std::size_t size = schema.row_bytes;
  if (packed) {
    size = 0;
    for (const Column& column : schema.columns) size += column.size;
  }
  H5Id type(H5Tcreate(H5T_COMPOUND, size), H5Tclose, schema.path);
  std::size_t at = 0;
  for (const Column& column : schema.columns) {
    const H5Id member(column_type(column), H5Tclose, column.name);
    check(H5Tinsert(type.get(), column.name.c_str(),
                    packed ? at : column.offset, member.get()),
          column.name);
    at += column.size;
  }
  return type;
}

hid_t array_type(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return H5T_IEEE_F32LE;
    case DType::f64:
      return H5T_IEEE_F64LE;
    case DType::i32:
      return H5T_STD_I32LE;
    case DType::i64:
      return H5T_STD_I64LE;
    case DType::u8:
    case DType::boolean:
      return H5T_STD_U8LE;
    case DType::f16:
    case DType::bf16:
      return H5T_STD_U16LE;
  }
  return H5I_INVALID_HID;
}

H5Id data_space(const std::vector<std::int64_t>& shape) {
  assert(std::ranges::all_of(shape, [](auto extent) { return extent >= 0; }));
  std::vector<hsize_t> extents(shape.begin(), shape.end());
  return {H5Screate_simple(static_cast<int>(extents.size()), extents.data(),
                           nullptr),
          H5Sclose, "data space"};
}

// No times, whole extents allocated at once, not filled: equal results are
// equal bytes then.
H5Id dataset_creation() {
  H5Id list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "property list");
  check(H5Pset_obj_track_times(list.get(), 0), "track times");
  check(H5Pset_alloc_time(list.get(), H5D_ALLOC_TIME_EARLY), "alloc time");
  check(H5Pset_fill_time(list.get(), H5D_FILL_TIME_NEVER), "fill time");
  return list;
}

// H5Lcreate's own intermediate groups keep times: make them one by one.
void make_groups(hid_t file, const std::string& path, const std::string& what) {
  for (std::size_t end = path.find('/'); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const std::string group = path.substr(0, end);
    if (group.empty() || H5Lexists(file, group.c_str(), H5P_DEFAULT) > 0) {
      continue;
    }
    const H5Id list(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, group);
    check(H5Pset_obj_track_times(list.get(), 0), what);
    const H5Id made(
        H5Gcreate2(file, group.c_str(), H5P_DEFAULT, list.get(), H5P_DEFAULT),
        H5Gclose, what);
  }
}

H5Id create_dataset(hid_t file, const std::string& path, hid_t type,
                    const H5Id& space, const std::string& file_path) {
  const std::string what = file_path + ": " + path;
  make_groups(file, path, what);
  const H5Id creation = dataset_creation();
  return {H5Dcreate2(file, path.c_str(), type, space.get(), H5P_DEFAULT,
                     creation.get(), H5P_DEFAULT),
          H5Dclose, what};
}

H5Id open_dataset(hid_t file, const std::string& path,
                  const std::string& file_path) {
  return {H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose,
          file_path + ": " + path};
}

H5Id text_type(std::size_t length) {
  H5Id type(H5Tcopy(H5T_C_S1), H5Tclose, "text");
  check(H5Tset_size(type.get(), length == 0 ? 1 : length), "text");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "text");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "text");
  return type;
}

DType stored_dtype(hid_t type, const std::string& what) {
  for (const DType dtype : {DType::f32, DType::f64, DType::i32, DType::i64,
                            DType::u8, DType::bf16}) {
    if (H5Tequal(type, array_type(dtype)) > 0) return dtype;
  }
  throw StorageError({what, "type", "another kind of number",
                      "one that this program writes",
                      "use the program that wrote the file"});
}

// No messages of its own; no cleaning up at exit, which crashes on a file whose
// close failed (a full disk), as every id is closed by its H5Id; and no locks,
// without which some file systems are: a file is written by one process under a
// name that only it knows, and readers have a ReadingLock. The library reads
// the variable once. Unlike H5Pset_file_locking it is known to every version
// that locks, and nothing that the user may have set wins over it.
void prepare_library() {
  static const bool prepared = [] {
    ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);  // before its first call
    return H5dont_atexit() >= 0 && H5open() >= 0;
  }();
  if (!prepared) throw_h5_error("the library itself");
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

}  // namespace

H5Id::H5Id(std::int64_t id, Closer closer, const std::string& what)
    : id_(id), closer_(closer) {
  if (id < 0) throw_h5_error(what);
}

H5Id::~H5Id() {
  if (id_ >= 0) closer_(id_);
}

int H5Id::close() { return closer_(std::exchange(id_, -1)); }

H5Id::H5Id(H5Id&& other) noexcept
    : id_(std::exchange(other.id_, -1)), closer_(other.closer_) {}

H5File::H5File(std::string path, std::optional<ReadingLock> lock, H5Id file)
    : path_(std::move(path)), lock_(std::move(lock)), file_(std::move(file)) {}

H5File H5File::create(const std::string& path) {
  prepare_library();
  const H5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
  // The earliest format that HDF5 has, which every reader knows.
  check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18),
        path);
  const H5Id creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, path);
  check(H5Pset_obj_track_times(creation.get(), 0), path);
  return {
      path, std::nullopt,
      H5Id(H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.get(), access.get()),
           H5Fclose, path)};
}

H5File H5File::open(const std::string& path) {
  prepare_library();
  if (!std::filesystem::exists(path)) {
    throw StorageError({path, "", "no such file", "a results file",
                        "run the sweep to its end first"});
  }
  ReadingLock lock(path);
  return {
      path, std::move(lock),
      H5Id(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, path)};
}

void H5File::attribute(const std::string& object, const std::string& name,
                       const std::string& value) {
  const std::string what = path_ + ": " + object + "." + name;
  const H5Id type = text_type(value.size());
  const H5Id space(H5Screate(H5S_SCALAR), H5Sclose, what);
  const H5Id id(
      H5Acreate_by_name(file_.get(), object.c_str(), name.c_str(), type.get(),
                        space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose, what);
  // HDF5 has no texts of length 0: an empty one is one zero.
  const std::string bytes = value.empty() ? std::string(1, '\0') : value;
  check(H5Awrite(id.get(), type.get(), bytes.data()), what);
}

void H5File::attribute(const std::string& object, const std::string& name,
                       std::int64_t value) {
  const std::string what = path_ + ": " + object + "." + name;
  const H5Id space(H5Screate(H5S_SCALAR), H5Sclose, what);
  const H5Id id(H5Acreate_by_name(file_.get(), object.c_str(), name.c_str(),
                                  H5T_STD_I64LE, space.get(), H5P_DEFAULT,
                                  H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, what);
  check(H5Awrite(id.get(), H5T_NATIVE_INT64, &value), what);
}

std::string H5File::text_attribute(const std::string& object,
                                   const std::string& name) const {
  const std::string what = path_ + ": " + object + "." + name;
  const H5Id id(H5Aopen_by_name(file_.get(), object.c_str(), name.c_str(),
                                H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, what);
  const H5Id type(H5Aget_type(id.get()), H5Tclose, what);
  std::string value(H5Tget_size(type.get()), '\0');
  check(H5Aread(id.get(), type.get(), value.data()), what);
  // Up to the first zero: what is behind it is padding.
  return value.c_str();
}

std::int64_t H5File::integer_attribute(const std::string& object,
                                       const std::string& name) const {
  const std::string what = path_ + ": " + object + "." + name;
  const H5Id id(H5Aopen_by_name(file_.get(), object.c_str(), name.c_str(),
                                H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, what);
  std::int64_t value = 0;
  check(H5Aread(id.get(), H5T_NATIVE_INT64, &value), what);
  return value;
}

void H5File::write_table(const std::string& path, const TableSchema& schema,
                         const void* rows, std::size_t n_rows) {
  assert(rows != nullptr || n_rows == 0);
  const H5Id in_file = row_type(schema, true);
  const H5Id in_memory = row_type(schema, false);
  const H5Id space = data_space({static_cast<std::int64_t>(n_rows)});
  {
    const H5Id set =
        create_dataset(file_.get(), path, in_file.get(), space, path_);
    if (n_rows > 0) {
      check(H5Dwrite(set.get(), in_memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     rows),
            path_ + ": " + path);
    }
  }
  attribute(path, "description", schema.description);
  attribute(path, "units", std::string("by column, in brackets"));
  std::string columns;
  for (const Column& column : schema.columns) {
    columns +=
        column.name + " [" + column.units + "] " + column.description + "\n";
  }
  attribute(path, "columns", columns);
}

bool H5File::has(const std::string& path) const {
  for (std::size_t end = path.find('/'); end != std::string::npos;
       end = path.find('/', end + 1)) {
    if (H5Lexists(file_.get(), path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) {
      return false;
    }
  }
  return H5Lexists(file_.get(), path.c_str(), H5P_DEFAULT) > 0;
}

void H5File::read_table(const std::string& path, const TableSchema& schema,
                        std::int64_t version, void* (*grow)(void*, std::size_t),
                        void* rows) const {
  const std::string what = path_ + ": " + path;
  const H5Id set = open_dataset(file_.get(), path, path_);
  const H5Id space(H5Dget_space(set.get()), H5Sclose, what);
  const H5Id stored(H5Dget_type(set.get()), H5Tclose, what);
  TableSchema there = schema, absent = schema;
  std::erase_if(there.columns, [&](const Column& column) {
    return H5Tget_member_index(stored.get(), column.name.c_str()) < 0;
  });
  std::erase_if(absent.columns, [&](const Column& column) {
    return std::ranges::find(there.columns, column.name, &Column::name) !=
           there.columns.end();
  });
  for (const Column& column : absent.columns) {
    if (column.since.version <= version) {
      throw StorageError({path_, path + "." + column.name, "no such column",
                          "format version " + std::to_string(version),
                          "use the program that wrote the file"});
    }
  }
  const auto n_rows = H5Sget_simple_extent_npoints(space.get());
  if (n_rows < 0) throw_h5_error(what);
  const auto n = static_cast<std::size_t>(n_rows);
  check_claim(
      set.get(),
      dense_bytes(DType::u8,
                  {static_cast<std::int64_t>(n_rows),
                   static_cast<std::int64_t>(H5Tget_size(stored.get()))}),
      what);
  auto* to = static_cast<char*>(grow(rows, n));
  if (n == 0) return;
  const H5Id in_memory = row_type(there, false);
  check(H5Dread(set.get(), in_memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, to),
        what);
  for (std::size_t row = 0; row < n; ++row, to += schema.row_bytes) {
    for (const Column& column : absent.columns) put_absent(column, to);
  }
}

void H5File::create_array(const std::string& path, DType dtype,
                          const std::vector<std::int64_t>& shape,
                          const std::string& description,
                          const std::string& units, const std::string& axes) {
  const H5Id space = data_space(shape);
  create_dataset(file_.get(), path, array_type(dtype), space, path_);
  attribute(path, "description", description);
  attribute(path, "units", units);
  attribute(path, "axes", axes);
}

namespace {

std::vector<hsize_t> extents_of(const H5Id& space, const std::string& what) {
  const int n_dimensions = H5Sget_simple_extent_ndims(space.get());
  if (n_dimensions < 0) throw_h5_error(what);
  std::vector<hsize_t> extents(static_cast<std::size_t>(n_dimensions));
  H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr);
  return extents;
}

// Reads what is selected in `space`, which has these extents.
Array read_selected(const H5Id& set, const H5Id& space,
                    const std::vector<hsize_t>& extents,
                    const std::string& what) {
  assert(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())) ==
         extents.size());
  const H5Id type(H5Dget_type(set.get()), H5Tclose, what);
  Array array;
  array.dtype = stored_dtype(type.get(), what);
  array.shape.assign(extents.begin(), extents.end());
  const auto bytes = dense_bytes(array.dtype, array.shape);
  check_claim(set.get(), bytes, what);
  assert(bytes && "refused by its claim else");
  array.bytes.resize(*bytes);
  if (array.bytes.empty()) return array;
  const H5Id memory(H5Screate_simple(static_cast<int>(extents.size()),
                                     extents.data(), nullptr),
                    H5Sclose, what);
  check(H5Dread(set.get(), type.get(), memory.get(), space.get(), H5P_DEFAULT,
                array.bytes.data()),
        what);
  return array;
}

}  // namespace

void H5File::write_rows(const std::string& path, std::int64_t first,
                        std::string_view bytes) {
  const std::string what = path_ + ": " + path;
  const H5Id set = open_dataset(file_.get(), path, path_);
  const H5Id type(H5Dget_type(set.get()), H5Tclose, what);
  const H5Id space(H5Dget_space(set.get()), H5Sclose, what);
  std::vector<hsize_t> extents = extents_of(space, what);
  std::size_t row_bytes = H5Tget_size(type.get());
  for (std::size_t d = 1; d < extents.size(); ++d) row_bytes *= extents[d];
  if (bytes.empty() || row_bytes == 0) return;
  assert(first >= 0 && bytes.size() % row_bytes == 0 && "whole rows");
  std::vector<hsize_t> start(extents.size(), 0);
  start[0] = static_cast<hsize_t>(first);
  extents[0] = bytes.size() / row_bytes;
  check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                            extents.data(), nullptr),
        what);
  const H5Id memory(H5Screate_simple(static_cast<int>(extents.size()),
                                     extents.data(), nullptr),
                    H5Sclose, what);
  check(H5Dwrite(set.get(), type.get(), memory.get(), space.get(), H5P_DEFAULT,
                 bytes.data()),
        what);
}

void H5File::write_array(const std::string& path, const Array& array,
                         const std::string& description,
                         const std::string& units, const std::string& axes) {
  create_array(path, array.dtype, array.shape, description, units, axes);
  write_rows(path, 0, array.bytes);
}

Array H5File::read_array(const std::string& path) const {
  const std::string what = path_ + ": " + path;
  const H5Id set = open_dataset(file_.get(), path, path_);
  const H5Id space(H5Dget_space(set.get()), H5Sclose, what);
  return read_selected(set, space, extents_of(space, what), what);
}

Array H5File::read_rows(const std::string& path, std::int64_t first,
                        std::int64_t n) const {
  const std::string what = path_ + ": " + path;
  const H5Id set = open_dataset(file_.get(), path, path_);
  const H5Id space(H5Dget_space(set.get()), H5Sclose, what);
  std::vector<hsize_t> extents = extents_of(space, what);
  if (first < 0 || n < 0 || extents.empty() ||
      static_cast<hsize_t>(n) > extents[0] ||
      static_cast<hsize_t>(first) > extents[0] - static_cast<hsize_t>(n)) {
    throw StorageError(
        {path_, path,
         extents.empty() ? "no rows" : std::to_string(extents[0]) + " rows",
         std::to_string(first + n), ""});
  }
  std::vector<hsize_t> start(extents.size(), 0);
  start[0] = static_cast<hsize_t>(first);
  extents[0] = static_cast<hsize_t>(n);
  check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                            extents.data(), nullptr),
        what);
  return read_selected(set, space, extents, what);
}

void H5File::write_text(const std::string& path, const std::string& text,
                        const std::string& description) {
  const H5Id type = text_type(text.size());
  const H5Id space(H5Screate(H5S_SCALAR), H5Sclose, path);
  {
    const H5Id set =
        create_dataset(file_.get(), path, type.get(), space, path_);
    const std::string bytes = text.empty() ? std::string(1, '\0') : text;
    check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   bytes.data()),
          path_ + ": " + path);
  }
  attribute(path, "description", description);
}

std::string H5File::read_text(const std::string& path) const {
  const std::string what = path_ + ": " + path;
  const H5Id set = open_dataset(file_.get(), path, path_);
  const H5Id type(H5Dget_type(set.get()), H5Tclose, what);
  std::string text(H5Tget_size(type.get()), '\0');
  check(H5Dread(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                text.data()),
        what);
  return text.c_str();
}

std::vector<std::string> H5File::children(const std::string& group) const {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*,
                      void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  check(H5Literate_by_name(file_.get(), group.c_str(), H5_INDEX_NAME,
                           H5_ITER_INC, nullptr, add, &names, H5P_DEFAULT),
        path_ + ": " + group);
  return names;
}

void H5File::close() {
  check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), path_);
  check(file_.close(), path_);
}

}  // namespace coxswain::storage
