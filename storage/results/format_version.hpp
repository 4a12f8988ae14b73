#pragma once

namespace coxswain::storage {

// Of results.h5: names and units of tables are the contract that users'
// scripts are written against, and change with this alone.
constexpr int kResultsFormatVersion = 11;
// Files of these and of all versions between them are read.
constexpr int kOldestResultsFormat = 4;

}  // namespace coxswain::storage
