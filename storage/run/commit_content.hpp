#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/files/digest.hpp"

namespace coxswain::storage {

// What the cells of a result are of, [items, variants, multipliers]. Without
// items it has none.
struct CellGrid {
  Key basis;  // hash of what all cells have in common
  std::vector<Key> items;
  std::vector<Key> variants;  // {}: there is nothing of that one
  std::vector<double> multipliers;

  bool operator==(const CellGrid&) const = default;
};

// What a result has and is made of, whichever task gave it: by this others find
// it again. All empty where the program that committed it did not say.
struct CommitContent {
  Key all;      // hash of everything that the task gave, bulk included
  Key made_of;  // hash of all that decided it
  // Hashes of what other tasks read apart: of each layer, part or variant. {}:
  // there is none.
  std::vector<Key> slices;
  CellGrid grid;
  std::uint64_t failed_cells = 0;

  bool operator==(const CommitContent&) const = default;
};

// The bytes of one, as a record of the journal ends with them.
std::string encode(const CommitContent& content);
// Throws StorageError that names `where` for bytes that are too few; passes
// over what a newer program wrote behind them.
CommitContent decode_commit_content(std::string_view bytes,
                                    const std::string& where);

}  // namespace coxswain::storage
