#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::storage {

// The most features that a list may have.
constexpr std::size_t kMostListed = 4096;

// The features that a text lists: numbers from 0, apart by commas, spaces or
// lines; what follows a # on a line is no part of it. Ascending. Throws
// StorageError naming `where` for anything else, a number twice, none, or more
// than kMostListed.
std::vector<std::int64_t> feature_list(const std::string& text,
                                       const std::string& where);

// The same of a text file of a mebibyte at most.
std::vector<std::int64_t> read_feature_list(const std::string& path);

}  // namespace coxswain::storage
