#pragma once

#include <toml++/toml.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace coxswain::runner {

// The most values of one array, range or family of tables: more are a slip of
// someone's typing.
constexpr std::size_t kMostValues = 100000;

// FILE:LINE of a node, or what else it was read from.
std::string place_of(const toml::node& node, const std::string& file);
std::string kind_of(const toml::node& node);  // "an integer"

// How many letters differ (Levenshtein), to name what was meant by a typo.
std::size_t distance(const std::string& a, const std::string& b);

// Reads one TOML table strictly: each key is asked for by name and kind, and
// finish() refuses keys that nobody asked for. All errors are ProgramError
// (bad_sweep) with file, line, key, and what was expected.
class TableReader {
 public:
  // `name` is the table's place in the file: "steer", or "" for the root. The
  // table must outlive the reader. A copy forgets its lines: `written` is the
  // table that it was copied from, whose lines errors name.
  TableReader(const toml::table& table, std::string file, std::string name,
              const toml::table* written = nullptr);

  bool has(const char* key);
  std::string text(const char* key);
  std::string text_or(const char* key, const std::string& otherwise);
  std::int64_t integer_or(const char* key, std::int64_t otherwise,
                          std::int64_t least, std::int64_t most);
  std::int64_t integer(const char* key, std::int64_t least, std::int64_t most);
  // An array, or { from, to, step = 1, also = [..] }: both ends count, what
  // `also` names is added in its place.
  std::vector<int> integers(const char* key);
  // An array or a range whose step is said.
  std::vector<double> numbers(const char* key);
  double number(const char* key);
  // An array in which a number may stand several times.
  std::vector<double> weights(const char* key);
  std::vector<std::string> texts(const char* key);
  // An array, a range (of numbers) or a single value.
  std::vector<int> some_integers(const char* key);
  std::vector<double> some_numbers(const char* key);
  std::vector<std::string> some_texts(const char* key);
  bool is_text(const char* key);
  bool is_table(const char* key);
  bool is_integer(const char* key);
  // Whether the key is there and this text: "all".
  bool says(const char* key, const std::string& text);
  std::vector<bool> flags(const char* key);
  // One of `names`; returns its index.
  std::size_t choice(const char* key, const std::vector<std::string>& names,
                     std::size_t otherwise);
  // An array of these; their indices.
  std::vector<std::size_t> choices(const char* key,
                                   const std::vector<std::string>& names);
  // [[key]] tables; none is an error unless `optional`.
  std::vector<TableReader> tables(const char* key, bool optional = false);
  // [key]; an absent table reads as an empty one.
  TableReader table(const char* key);

  std::string place() const;  // FILE:LINE of the table
  // Throws for a key that was not asked for.
  void finish() const;
  // An error about `key`, or about the table if it isn't there.
  [[noreturn]] void fail(const char* key, const std::string& found,
                         const std::string& expected) const;

 private:
  const toml::node& need(const char* key);
  const toml::node& written(const char* key) const;
  std::vector<double> range(const char* key, std::optional<double> step);
  std::size_t index_of(const char* key, const std::string& value,
                       const std::vector<std::string>& names) const;
  template <class T>
  std::vector<T> array(const char* key, const char* kind,
                       bool repeated = false);
  std::string full(const std::string& key) const;

  const toml::table* table_;
  const toml::table* written_;
  std::string file_;
  std::string name_;
  std::set<std::string> asked_;
};

}  // namespace coxswain::runner
