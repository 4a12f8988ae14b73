#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace coxswain::storage {

// JSON of a stranger: refuses what is nested deeper than any of our files is,
// since copying and printing values recurse. Throws StorageError that names
// `where`.
nlohmann::json parse_json(std::string_view text, const std::string& where);

}  // namespace coxswain::storage
