#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "storage/texts/pair_rules.hpp"

namespace coxswain::storage {

const std::vector<PairForm>& pair_forms();
std::vector<std::string> pair_form_names();   // each once
std::string pair_keys(const PairForm& form);  // "prompt, correct, incorrect"

// The form of what has such keys: the first of those that the rules allow, with
// the rules' own columns, of which it has all. Where it has all of none, the
// first of them.
PairForm form_of(const PairRules& rules,
                 const std::function<bool(const std::string& key)>& has);
// Whether it has all that the form needs.
bool has_form(const PairForm& form,
              const std::function<bool(const std::string& key)>& has);

// The value under a key as PairColumns spells it; a key with points of its own
// goes first. nullptr where there is none.
const nlohmann::json* value_under(const nlohmann::json& entry,
                                  const std::string& key);

}  // namespace coxswain::storage
