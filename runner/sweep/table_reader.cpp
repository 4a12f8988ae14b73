#include "runner/sweep/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {

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

std::string place_of(const toml::node& node, const std::string& file) {
  const toml::source_region& source = node.source();
  const std::string& from = source.path ? *source.path : file;
  // What the command line says has no lines.
  return source.begin.line == 0 || from.starts_with("--")
             ? from
             : from + ":" + std::to_string(source.begin.line);
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

TableReader::TableReader(const toml::table& table, std::string file,
                         std::string name, const toml::table* written)
    : table_(&table),
      written_(written == nullptr ? &table : written),
      file_(std::move(file)),
      name_(std::move(name)) {}

// The node whose line says where `key` is, or the table without it.
const toml::node& TableReader::written(const char* key) const {
  for (const toml::table* table : {table_, written_}) {
    const toml::node* node = table->get(key);
    if (node != nullptr && node->source().begin.line > 0) return *node;
  }
  return *written_;
}

std::string TableReader::place() const { return place_of(*written_, file_); }

std::string TableReader::full(const std::string& key) const {
  return name_.empty() ? key : name_ + "." + key;
}

void TableReader::fail(const char* key, const std::string& found,
                       const std::string& expected) const {
  throw ProgramError(ExitCode::bad_sweep,
                     storage::Fault{place_of(written(key), file_), full(key),
                                    found, expected, ""});
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
std::vector<T> TableReader::array(const char* key, const char* kind,
                                  bool repeated) {
  const toml::node& node = need(key);
  const toml::array* values = node.as_array();
  if (values == nullptr) {
    constexpr bool kRanges =
        std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>;
    fail(key, kind_of(node),
         std::string("an array of ") + kind +
             (kRanges ? ", or a range { from, to, step }" : ""));
  }
  if (values->size() > kMostValues) {
    fail(key, fmt::format("{} values", values->size()),
         fmt::format("at most {}", kMostValues));
  }
  std::vector<T> out;
  std::set<T> seen;
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
    if (!seen.insert(out.back()).second && !repeated) {
      fail(key, "a value twice", "each once");
    }
  }
  if (out.empty()) fail(key, "an empty array", kind);
  return out;
}

std::vector<int> TableReader::integers(const char* key) {
  std::vector<int> out;
  const auto add = [&](double value) {
    if (std::abs(value) > 1e9 || value != std::floor(value)) {
      fail(key, fmt::format("{}", value), "a smaller whole number");
    }
    out.push_back(static_cast<int>(value));
  };
  if (need(key).is_table()) {
    for (const double value : range(key, 1)) add(value);
  } else {
    for (const std::int64_t value : array<std::int64_t>(key, "integers")) {
      add(static_cast<double>(value));
    }
  }
  return out;
}

std::vector<double> TableReader::numbers(const char* key) {
  return need(key).is_table() ? range(key, std::nullopt)
                              : array<double>(key, "numbers");
}

std::vector<int> TableReader::some_integers(const char* key) {
  if (!need(key).is_integer()) return integers(key);
  return {static_cast<int>(integer(key, -1000000000, 1000000000))};
}

std::vector<double> TableReader::weights(const char* key) {
  return array<double>(key, "numbers", true);
}

std::vector<double> TableReader::some_numbers(const char* key) {
  if (!need(key).is_number()) return numbers(key);
  return {number(key)};
}

std::vector<double> TableReader::range(const char* key,
                                       std::optional<double> step) {
  TableReader reader = table(key);
  const double from = reader.number("from");
  const double to = reader.number("to");
  if (!step || reader.has("step")) step = reader.number("step");
  std::vector<double> also;
  if (reader.has("also")) also = reader.numbers("also");
  reader.finish();
  const double count = std::round((to - from) / *step);
  if (!(count >= 0) || std::isinf(count) ||
      std::abs(from + count * *step - to) > 1e-9 * std::abs(*step)) {
    reader.fail("step", fmt::format("{} to {} in steps of {}", from, to, *step),
                "steps that lead from one end to the other");
  }
  if (count >= static_cast<double>(kMostValues)) {
    reader.fail("step", fmt::format("{:.0f} values", count + 1),
                fmt::format("at most {}", kMostValues));
  }
  std::vector<double> values;
  for (int i = 0; i <= static_cast<int>(count); ++i) {
    // -0.3 in steps of 0.1 must reach 0 and -0.2 exactly, as people write them.
    const double value = from + i * *step;
    values.push_back(std::abs(value) < 1e-9 * std::abs(*step)
                         ? 0.0
                         : std::stod(fmt::format("{:.12g}", value)));
  }
  if (!also.empty()) {
    values.insert(values.end(), also.begin(), also.end());
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  return values;
}

std::vector<std::string> TableReader::texts(const char* key) {
  return array<std::string>(key, "strings");
}

std::vector<std::string> TableReader::some_texts(const char* key) {
  if (need(key).is_string()) return {text(key)};
  return texts(key);
}

bool TableReader::is_text(const char* key) {
  return has(key) && table_->get(key)->is_string();
}

bool TableReader::is_table(const char* key) {
  return has(key) && table_->get(key)->is_table();
}

bool TableReader::is_integer(const char* key) {
  return has(key) && table_->get(key)->is_integer();
}

bool TableReader::says(const char* key, const std::string& text) {
  return has(key) && table_->get(key)->value_or(std::string()) == text;
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
  if (optional && array != nullptr && array->empty()) return {};
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
  static const toml::table absent;
  if (!has(key)) return {absent, file_, full(key)};
  const toml::node& node = need(key);
  if (!node.is_table()) fail(key, kind_of(node), "a table [" + full(key) + "]");
  const toml::node* written = written_->get(key);
  return {*node.as_table(), file_, full(key),
          written == nullptr ? nullptr : written->as_table()};
}

void TableReader::finish() const {
  for (const auto& [key, value] : *table_) {
    const std::string name(key.str());
    if (asked_.contains(name)) continue;
    const auto nearest =
        std::min_element(asked_.begin(), asked_.end(),
                         [&](const std::string& a, const std::string& b) {
                           return distance(a, name) < distance(b, name);
                         });
    throw ProgramError(ExitCode::bad_sweep,
                       storage::Fault{place_of(written(name.c_str()), file_),
                                      full(name), "unknown key", "",
                                      "did you mean " + full(*nearest) + "?"});
  }
}

}  // namespace coxswain::runner
