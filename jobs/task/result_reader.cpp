#include "jobs/task/result_reader.hpp"

#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::jobs {

const storage::Array& array_with(const storage::ArrayMap& arrays,
                                 const std::string& name, storage::DType dtype,
                                 std::int64_t columns,
                                 const std::string& where) {
  const storage::Array& array = storage::at(arrays, name, where);
  if (array.dtype != dtype || array.shape.empty() ||
      array.shape.back() != columns) {
    throw storage::StorageError({where, name,
                                 std::string(storage::name_of(array.dtype)) +
                                     " " + storage::shape_text(array.shape),
                                 std::string(storage::name_of(dtype)) +
                                     " [..., " + std::to_string(columns) + "]",
                                 ""});
  }
  return array;
}

ResultReader::ResultReader(storage::ArrayMap arrays, std::string where)
    : arrays_(std::move(arrays)), where_(std::move(where)) {}

void ResultReader::refuse_row(const std::string& name, std::size_t i,
                              std::size_t n) const {
  throw storage::StorageError({where_, name, std::to_string(n) + " rows",
                               "more than " + std::to_string(i), ""});
}

const storage::Array& ResultReader::find(const std::string& name) const {
  return storage::at(arrays_, name, where_);
}

const std::vector<double>& ResultReader::doubles(const std::string& name) {
  const auto kept = doubles_.find(name);
  if (kept != doubles_.end()) return kept->second;
  return doubles_.emplace(name, storage::doubles(find(name))).first->second;
}

const std::vector<std::int64_t>& ResultReader::integers(
    const std::string& name) {
  const auto kept = integers_.find(name);
  if (kept != integers_.end()) return kept->second;
  return integers_.emplace(name, storage::integers(find(name))).first->second;
}

}  // namespace coxswain::jobs
