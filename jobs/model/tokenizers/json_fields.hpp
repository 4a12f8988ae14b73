#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace coxswain::jobs {

// Throws JobError about a field of a JSON file.
[[noreturn]] void refuse_field(const std::string& path, const std::string& key,
                               const nlohmann::json& found,
                               const std::string& expected);
// The number of a token. Throws JobError for what can be none.
std::int32_t token_number(const nlohmann::json& value, const std::string& path,
                          const std::string& key);

}  // namespace coxswain::jobs
