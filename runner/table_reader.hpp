#pragma once

#include <toml++/toml.h>
#include <set>
#include <string>
#include <vector>

namespace coxswain::runner {

// Reads one TOML table strictly: each key is asked for by name and kind, and
// finish() refuses keys that nobody asked for. All errors are ProgramError
// (bad_sweep) with file, line, key, and what was expected.
class TableReader {
 public:
  // `name` is the table's place in the file: "steer", or "" for the root. The
  // table must outlive the reader (a copy would forget its lines).
  TableReader(const toml::table& table, std::string file, std::string name);

  bool has(const char* key);
  std::string text(const char* key);
  std::string text_or(const char* key, const std::string& otherwise);
  std::int64_t integer_or(const char* key, std::int64_t otherwise,
                          std::int64_t least, std::int64_t most);
  std::int64_t integer(const char* key, std::int64_t least, std::int64_t most);
  std::vector<int> integers(const char* key);
  // An array, or { from, to, step }: both ends count.
  std::vector<double> numbers(const char* key);
  double number(const char* key);
  std::vector<std::string> texts(const char* key);
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

  // Throws for a key that was not asked for.
  void finish() const;
  // An error about `key`, or about the table if it isn't there.
  [[noreturn]] void fail(const char* key, const std::string& found,
                         const std::string& expected) const;

 private:
  const toml::node& need(const char* key);
  std::vector<double> range(const char* key);
  std::size_t index_of(const char* key, const std::string& value,
                       const std::vector<std::string>& names) const;
  template <class T>
  std::vector<T> array(const char* key, const char* kind);
  std::string full(const std::string& key) const;

  const toml::table* table_;
  std::string file_;
  std::string name_;
  std::set<std::string> asked_;
};

}  // namespace coxswain::runner
