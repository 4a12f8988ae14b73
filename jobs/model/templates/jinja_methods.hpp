#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace coxswain::jobs {

// Methods (value.name(...)) and filters (value | name(...)) of run_jinja().
// Throw JobError for those we don't have.
nlohmann::json call_method(const nlohmann::json& value, const std::string& name,
                           const std::vector<nlohmann::json>& arguments);
nlohmann::json apply_filter(const nlohmann::json& value,
                            const std::string& name,
                            const std::vector<nlohmann::json>& arguments);

}  // namespace coxswain::jobs
