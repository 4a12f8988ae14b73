#pragma once

#include <nlohmann/json.hpp>

#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// What the steps from tokens to text ("decoder" of tokenizer.json, null for
// none) do to the space that was put before a text; all else that they do
// follows from the kinds of pieces. Throws json::exception for values of other
// kinds than such a file has.
FirstSpace first_space_of(const nlohmann::json& decoder);

}  // namespace coxswain::jobs
