#include "runner/sweep/sweep_overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep_document.hpp"
#include "runner/sweep/table_reader.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& found,
                         const std::string& expected) {
  throw ProgramError(ExitCode::bad_sweep,
                     storage::Fault{option, "", found, expected, ""});
}

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

// KEY and VALUE of "KEY=VALUE".
std::pair<std::string, std::string> halves(const std::string& option,
                                           const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 ||
      text.find('\n') != std::string::npos) {
    refuse(option, "\"" + storage::printable(text) + "\"",
           "KEY=VALUE, as steer.random=2");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// A value that is no TOML is a text: --set model.m.source=models/a.gguf.
toml::table parsed(const std::string& option, const std::string& text) {
  const auto [key, value] = halves(option, text);
  try {
    return toml::parse(key + " = " + value, option);
  } catch (const toml::parse_error&) {
    // Tried as a text, next.
  }
  // What was meant as an array or table is not taken for a text.
  const std::size_t first = value.find_first_not_of(' ');
  if (first != std::string::npos &&
      std::string("[{\"'").find(value[first]) != std::string::npos) {
    refuse(option, value, "a TOML value, as [1, 2] or \"text\"");
  }
  try {
    return toml::parse(key + " = " + quoted(value), option);
  } catch (const toml::parse_error&) {
    refuse(option, "\"" + storage::printable(key) + "\"",
           "a key, as steer.random or sae.\"an.id\".k");
  }
}

// layer=14,15 as the text of an array.
std::string listed(const std::string& option, const std::string& key,
                   const std::string& values) {
  std::string list;
  for (std::size_t from = 0; from <= values.size();) {
    const std::size_t to = std::min(values.find(',', from), values.size());
    const std::string one = values.substr(from, to - from);
    if (one.empty()) refuse(option, "an empty value", "values between commas");
    const bool number = key == "layer" || key == "multiplier";
    list += (list.empty() ? "" : ", ") + (number ? one : quoted(one));
    from = to + 1;
  }
  return "[" + list + "]";
}

}  // namespace

SweepOverrides::SweepOverrides(const Overrides& options) {
  for (const std::string& text : options.set) {
    const std::string option = "--set " + text;
    add(option, parsed(option, text));
  }
  // --only layer=1 --only layer=2 is layer = [1, 2], in place of what the file
  // says of layer.
  std::map<std::string, std::string> only;
  for (const std::string& text : options.only) {
    const auto [key, values] = halves("--only " + text, text);
    std::string& all = only[key];
    all += (all.empty() ? "" : ",") + values;
  }
  for (const auto& [key, values] : only) {
    const std::string option = "--only " + key + "=" + values;
    try {
      add(option,
          toml::parse("only." + key + " = " + listed(option, key, values),
                      option));
    } catch (const toml::parse_error&) {
      refuse(option, "\"" + storage::printable(values) + "\"",
             "KEY=VALUE or KEY=VALUE,VALUE ..., as layer=14,15");
    }
  }
}

void SweepOverrides::add(const std::string& option, toml::table table) {
  if (table.empty()) refuse(option, "a comment", "KEY=VALUE");
  const std::string key(table.begin()->first.str());
  toml::table* inner = table.begin()->second.as_table();
  if (naming_key(key).empty() || inner == nullptr || inner->empty()) {
    merge_tables(of_document_, std::move(table));
    return;
  }
  const std::string name(inner->begin()->first.str());
  toml::table* values = inner->begin()->second.as_table();
  if (values == nullptr) {
    refuse(option, key + "." + name, key + ".NAME.KEY=VALUE");
  }
  of_tables_.push_back({option, key, name, std::move(*values)});
}

void SweepOverrides::apply(toml::table& document) {
  merge_tables(document, std::move(of_document_));
}

void SweepOverrides::apply(const std::string& array,
                           std::vector<FamilyMember>& members) {
  const std::string key = naming_key(array);
  for (OfTable& one : of_tables_) {
    if (one.array != array) continue;
    const auto name_of = [&](const FamilyMember& member) {
      return member.values[key].value_or(std::string());
    };
    const auto found = std::ranges::find(members, one.name, name_of);
    if (found == members.end()) {
      const auto nearest =
          std::ranges::min_element(members, {}, [&](const auto& member) {
            return distance(name_of(member), one.name);
          });
      refuse(one.option, "no [[" + array + "]] " + one.name,
             nearest == members.end() ? "one of them"
                                      : "one such as " + name_of(*nearest));
    }
    merge_tables(found->values, std::move(one.values));
  }
}

}  // namespace coxswain::runner
