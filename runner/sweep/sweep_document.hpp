#pragma once

#include <toml++/toml.h>
#include <string>

namespace coxswain::runner {

// The text of a sweep file as TOML, with what it includes: tables are merged
// key by key, the including file wins; [[model]] and [[sae]] tables of one id
// and [[data]] tables of one behaviour are merged key by key, those of other
// arrays and of new names come after. Paths in an included file are relative to
// it. `name` stands for the file in errors, `folder` is where its paths begin.
// Throws ProgramError (bad_sweep).
toml::table parse_document(const std::string& text, const std::string& name,
                           const std::string& folder);

// One table by the rules above; `over` wins.
void merge_tables(toml::table& base, toml::table&& over);

// What names a table of the array `key`: "behaviour" of data, "id" of model and
// sae; empty: nothing does.
std::string naming_key(std::string_view key);

}  // namespace coxswain::runner
