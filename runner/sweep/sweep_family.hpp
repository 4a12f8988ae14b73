#pragma once

#include <toml++/toml.h>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace coxswain::runner {

// One table of a family, templates filled in.
struct FamilyMember {
  toml::table values;
  const toml::table* written = nullptr;  // the table it came from
  std::set<std::string> placeholders;  // keys that may be there for a template
};

// What differs between arrays of tables.
struct FamilyRules {
  std::string array;            // "sae"
  std::string name;             // the key that names a member: "id"
  std::set<std::string> lists;  // keys that hold lists in any table
  // What layers = "all" stands for.
  std::function<std::vector<int>()> all_layers;
};

// [[sae]] and [[data]] tables of a document: `source` and the name may be
// templates, "layer_{layer}/width_{width}", whose placeholders are keys of the
// table that hold one value or several; there is a member for each combination,
// the last placeholder varying fastest. {{ and }} stand for braces. Without a
// name a member is named by the parts of its source that were filled in.
// `file` is for errors: ProgramError (bad_sweep). The document must outlive the
// members.
std::vector<FamilyMember> spell_out(const toml::table& document,
                                    const FamilyRules& rules,
                                    const std::string& file);

// A text that as a template is this one.
std::string escaped(const std::string& text);

}  // namespace coxswain::runner
