#pragma once

#include <cstddef>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// The table without as many of its last columns as to_text() has too much room
// for on lines of `width` bytes, and with a note that names them. Never without
// its first column, however long. Titles and notes don't count: they can be
// wrapped.
Table narrowed(const Table& table, std::size_t width);

}  // namespace coxswain::analysis
