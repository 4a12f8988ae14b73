#pragma once

#include <string>
#include <vector>

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::analysis {

// `n_rows` rows of a stored table as CSV, its columns by their names. Numbers
// are the shortest that read back the same, NaN is nothing.
std::string rows_to_csv(const storage::TableSchema& schema, const void* rows,
                        std::size_t n_rows);

template <class Row>
std::string rows_to_csv(const std::vector<Row>& rows) {
  return rows_to_csv(Row::schema(), rows.data(), rows.size());
}

}  // namespace coxswain::analysis
