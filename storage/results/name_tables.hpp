#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage/results/rows/name_row.hpp"

namespace coxswain::storage {

// The tables names/*: what each is called and its rows, in the file's order.
using NameTables = std::vector<std::pair<std::string, std::vector<NameRow>>>;

// Those of every enumeration, and names/methods, which whoever knows the
// methods gives: a name and a description each, by number.
NameTables name_tables(
    const std::vector<std::pair<std::string, std::string>>& methods);

}  // namespace coxswain::storage
