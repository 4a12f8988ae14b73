#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/files/fault.hpp"

namespace coxswain::runner {

// A row of a table of results that another one points to. Throws StorageError
// if there is none.
template <class Row>
const Row& row_at(const std::vector<Row>& rows, std::int32_t row,
                  const char* table) {
  if (row < 0 || row >= std::ssize(rows)) {
    throw storage::StorageError({"results", table, "row " + std::to_string(row),
                                 "one of its " + std::to_string(rows.size()),
                                 "the file is damaged"});
  }
  return rows[static_cast<std::size_t>(row)];
}

}  // namespace coxswain::runner
