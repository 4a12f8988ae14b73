#include "runner/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "runner/exit_code.hpp"
#include "storage/fault.hpp"

namespace coxswain::runner {
namespace {

// Levenshtein's distance: how many letters differ.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1,
                         diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string place(const std::string& file, const toml::node& node) {
  const auto line = node.source().begin.line;
  return line > 0 ? file + ":" + std::to_string(line) : file;
}

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

}  // namespace

TableReader::TableReader(const toml::table& table, std::string file,
                         std::string name)
    : table_(&table), file_(std::move(file)), name_(std::move(name)) {}

std::string TableReader::full(const std::string& key) const {
  return name_.empty() ? key : name_ + "." + key;
}

void TableReader::fail(const char* key, const std::string& found,
                       const std::string& expected) const {
  const toml::node* node = table_->get(key);
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::sentence(
          {place(file_, node != nullptr
                            ? *node
                            : static_cast<const toml::node&>(*table_)),
           full(key), found, expected, ""}));
}

bool TableReader::has(const char* key) {
  asked_.insert(key);
  return table_->contains(key);
}

const toml::node& TableReader::need(const char* key) {
  if (!has(key)) fail(key, "missing", "it in the sweep file");
  return *table_->get(key);
}

std::string TableReader::text(const char* key) {
  const toml::node& node = need(key);
  if (!node.is_string()) fail(key, kind_of(node), "a string");
  return node.value_or(std::string());
}

std::string TableReader::text_or(const char* key,
                                 const std::string& otherwise) {
  return has(key) ? text(key) : otherwise;
}

std::int64_t TableReader::integer(const char* key, std::int64_t least,
                                  std::int64_t most) {
  const toml::node& node = need(key);
  const std::string range = "an integer from " + std::to_string(least) +
                            " to " + std::to_string(most);
  if (!node.is_integer()) fail(key, kind_of(node), range);
  const auto value = node.value_or<std::int64_t>(0);
  if (value < least || value > most) fail(key, std::to_string(value), range);
  return value;
}

std::int64_t TableReader::integer_or(const char* key, std::int64_t otherwise,
                                     std::int64_t least, std::int64_t most) {
  return has(key) ? integer(key, least, most) : otherwise;
}

template <class T>
std::vector<T> TableReader::array(const char* key, const char* kind) {
  const toml::node& node = need(key);
  const toml::array* values = node.as_array();
  if (values == nullptr) {
    fail(key, kind_of(node), std::string("an array of ") + kind);
  }
  std::vector<T> out;
  for (const toml::node& value : *values) {
    const bool fits = std::is_same_v<T, double>        ? value.is_number()
                      : std::is_same_v<T, bool>        ? value.is_boolean()
                      : std::is_same_v<T, std::string> ? value.is_string()
                                                       : value.is_integer();
    if (!fits) fail(key, kind_of(value), std::string("only ") + kind);
    out.push_back(value.value_or(T{}));
    if constexpr (std::is_same_v<T, double>) {
      if (!std::isfinite(out.back())) fail(key, "inf or nan", "finite numbers");
    }
    if (std::count(out.begin(), out.end(), out.back()) > 1) {
      fail(key, "a value twice", "each once");
    }
  }
  if (out.empty()) fail(key, "an empty array", kind);
  return out;
}

std::vector<int> TableReader::integers(const char* key) {
  std::vector<int> out;
  for (const std::int64_t value : array<std::int64_t>(key, "integers")) {
    if (std::abs(value) > 1000000000) {
      fail(key, std::to_string(value), "a smaller number");
    }
    out.push_back(static_cast<int>(value));
  }
  return out;
}
std::vector<double> TableReader::numbers(const char* key) {
  return need(key).is_table() ? range(key) : array<double>(key, "numbers");
}

std::vector<double> TableReader::range(const char* key) {
  constexpr double kMost = 10000;
  TableReader reader = table(key);
  const auto number = [&](const char* part) {
    const toml::node& node = reader.need(part);
    if (!node.is_number()) reader.fail(part, kind_of(node), "a number");
    return node.value_or(0.0);
  };
  const double from = number("from");
  const double to = number("to");
  const double step = number("step");
  reader.finish();
  const double count = std::round((to - from) / step);
  if (!(count >= 0) || !(count <= kMost) ||
      std::abs(from + count * step - to) > 1e-9 * std::abs(step)) {
    reader.fail("step", fmt::format("{} to {} in steps of {}", from, to, step),
                "steps that lead from one end to the other");
  }
  std::vector<double> values;
  for (int i = 0; i <= static_cast<int>(count); ++i) {
    // -0.3 in steps of 0.1 must reach 0 and -0.2 exactly, as people write them.
    const double value = from + i * step;
    values.push_back(std::abs(value) < 1e-9 * std::abs(step)
                         ? 0.0
                         : std::stod(fmt::format("{:.12g}", value)));
  }
  return values;
}
std::vector<std::string> TableReader::texts(const char* key) {
  return array<std::string>(key, "strings");
}

std::vector<bool> TableReader::flags(const char* key) {
  return array<bool>(key, "true or false");
}

double TableReader::number(const char* key) {
  const toml::node& node = need(key);
  if (!node.is_number()) fail(key, kind_of(node), "a number");
  const double value = node.value_or(0.0);
  if (!std::isfinite(value)) fail(key, "inf or nan", "a finite number");
  return value;
}

std::size_t TableReader::index_of(const char* key, const std::string& value,
                                  const std::vector<std::string>& names) const {
  const auto found = std::find(names.begin(), names.end(), value);
  if (found == names.end()) {
    std::string known;
    for (const std::string& name : names) {
      known += (known.empty() ? "" : ", ") + name;
    }
    fail(key, "\"" + value + "\"", "one of " + known);
  }
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t TableReader::choice(const char* key,
                                const std::vector<std::string>& names,
                                std::size_t otherwise) {
  return has(key) ? index_of(key, text(key), names) : otherwise;
}

std::vector<std::size_t> TableReader::choices(
    const char* key, const std::vector<std::string>& names) {
  std::vector<std::size_t> chosen;
  for (const std::string& value : texts(key)) {
    chosen.push_back(index_of(key, value, names));
  }
  return chosen;
}

std::vector<TableReader> TableReader::tables(const char* key, bool optional) {
  if (optional && !has(key)) return {};
  const toml::node& node = need(key);
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty() || !array->is_array_of_tables()) {
    fail(key, kind_of(node), "[[" + full(key) + "]] tables");
  }
  std::vector<TableReader> readers;
  for (const toml::node& one : *array) {
    readers.emplace_back(*one.as_table(), file_, full(key));
  }
  return readers;
}

TableReader TableReader::table(const char* key) {
  static const toml::table kAbsent;
  if (!has(key)) return {kAbsent, file_, full(key)};
  const toml::node& node = need(key);
  if (!node.is_table()) fail(key, kind_of(node), "a table [" + full(key) + "]");
  return {*node.as_table(), file_, full(key)};
}

void TableReader::finish() const {
  for (const auto& [key, node] : *table_) {
    const std::string name(key.str());
    if (asked_.contains(name)) continue;
    const auto nearest =
        std::min_element(asked_.begin(), asked_.end(),
                         [&](const std::string& a, const std::string& b) {
                           return distance(a, name) < distance(b, name);
                         });
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::sentence({place(file_, node), full(name), "unknown key", "",
                           "did you mean " + full(*nearest) + "?"}));
  }
}

}  // namespace coxswain::runner
