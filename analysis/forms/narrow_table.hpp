#pragma once

#include <cstddef>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// The table as to_text() has room for it on lines of `width` bytes: long texts
// lose their middle, and where that is not enough, as many of the last columns
// as must go, with a note that names them. Never without
// its first column, however long. Titles and notes don't count: they can be
// wrapped.
Table narrowed(const Table& table, std::size_t width);

}  // namespace coxswain::analysis
