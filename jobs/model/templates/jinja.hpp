#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace coxswain::jobs {

// Runs the part of the Jinja language that chat templates use, as transformers
// does (blocks trimmed): for, if, set, namespaces, filters and methods of texts
// and lists. What is not defined is null. Templates come with models and are
// not trusted: steps, depth and output are limited, and there is nothing in
// the language that reaches outside.
//
// Throws JobError for what is not of that part, and with the template's own
// words where it calls raise_exception().
std::string run_jinja(const std::string& source,
                      const nlohmann::json& variables);

}  // namespace coxswain::jobs
