#pragma once

#include <cstddef>

namespace coxswain::runner {

// How many columns a page for standard output has: `COLUMNS` if that is a
// number, else those of the terminal that it is (0: none), else 80; at
// least 40.
std::size_t output_columns(const char* columns, std::size_t terminal);

// Of this process.
std::size_t output_columns();

// Columns of the terminal that a descriptor is; 0 if it is none, or has none.
std::size_t terminal_columns(int descriptor);

}  // namespace coxswain::runner
