#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace coxswain::storage {

// What two values of one name in an object mean.
enum class Repeats { last_counts, refused };

// JSON of a stranger: refuses what is nested deeper than any of our files is,
// since copying and printing values recurse. Throws StorageError that names
// `where`.
nlohmann::json parse_json(std::string_view text, const std::string& where,
                          Repeats repeats = Repeats::last_counts);

}  // namespace coxswain::storage
