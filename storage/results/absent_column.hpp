#pragma once

#include "storage/results/rows/table_schema.hpp"

namespace coxswain::storage {

// Writes what stands for a column that the file's format version did not have
// into a row, which has the schema's row_bytes.
void put_absent(const Column& column, char* row);

}  // namespace coxswain::storage
