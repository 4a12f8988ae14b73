#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

namespace coxswain::jobs {

// Values of run_jinja(): JSON, within limits.

// Parentheses in parentheses, values in values: no template needs more.
constexpr int kDeepestJinja = 60;
// What a value may weigh: see weight_of().
constexpr std::size_t kLongestJinja = 1U << 18;
// Marks what namespace() made: no name in a template can be this one.
constexpr const char* kJinjaNamespace = "(namespace)";

// Throws JobError: what a template has that is not run here.
[[noreturn]] void refuse_template(const std::string& found,
                                  const std::string& expected);

// What `if` makes of a value, as Python has it: empty is false.
bool is_true(const nlohmann::json& value);
// Whether `value` was made by namespace().
bool is_namespace(const nlohmann::json& value);
// What a value takes in memory, in elements and bytes of texts. Throws JobError
// for more than any template has business with, in size or in depth.
std::size_t weight_of(const nlohmann::json& value);
// Gives `value` back, if weight_of() has nothing against it.
nlohmann::json limited(nlohmann::json value);
// A value as {{ ... }} puts it into the text.
std::string printed(const nlohmann::json& value);

}  // namespace coxswain::jobs
