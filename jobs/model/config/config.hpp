#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::jobs {

// What a model's header says of its architecture, under the names of Hugging
// Face's config.json whatever the format was. A value that is missing or of
// another kind (numbers are finite) throws JobError naming file and key.
// Remembers what was read, so that what nobody asked for can be told to the
// user.
class Config {
 public:
  Config(std::string where, nlohmann::json values);

  const std::string& where() const { return where_; }

  bool has(const std::string& key) const;      // there, and not null
  bool is_flag(const std::string& key) const;  // there, and true or false
  std::int64_t integer(const std::string& key) const;
  std::int64_t integer_or(const std::string& key, std::int64_t other) const;
  double number(const std::string& key) const;
  double number_or(const std::string& key, double other) const;
  bool flag_or(const std::string& key, bool other) const;
  std::string text(const std::string& key) const;
  std::string text_or(const std::string& key, const std::string& other) const;
  std::vector<double> numbers(const std::string& key) const;
  std::vector<std::string> texts(const std::string& key) const;
  Config table(const std::string& key) const;

  // A family's own spelling of a common key. Throws JobError where a file says
  // both and not the same.
  void rename(const std::string& own, const std::string& common);
  // What the file itself calls a key (GGUF's metadata), for every sentence.
  void call(const std::string& key, const std::string& own);
  // Takes note of a setting that the user should know of.
  void note(const std::string& key, const std::string& what) const;
  // Takes over the notes of a table of this one.
  void note_all(const Config& table) const;
  void replace(const std::string& key, nlohmann::json value);
  // What transformers takes where a file does not mention the key: null says
  // something of its own.
  void set_if_absent(const std::string& key, nlohmann::json value);
  // What transformers takes where a file says nothing of the key, or null.
  void set_default(const std::string& key, nlohmann::json value);
  // Throws JobError for a value that this program would compute wrongly.
  [[noreturn]] void refuse(const std::string& key, const std::string& expected,
                           const std::string& remedy = {}) const;
  // Refuses `key` unless it is missing, null, or `harmless`.
  void refuse_unless(const std::string& key,
                     const nlohmann::json& harmless) const;

  // Keys that nobody read and that are not known to be harmless, as the file
  // calls them.
  std::vector<std::string> unread() const;
  // Keys that nobody read, of whatever kind.
  std::vector<std::string> unasked() const;
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  const std::string& own_name(const std::string& key) const;
  const nlohmann::json& value(const std::string& key) const;
  template <class T>
  T as(const std::string& key, bool fits, const char* kind) const;

  std::string where_;
  nlohmann::json values_;
  std::map<std::string, std::string> own_names_;
  mutable std::set<std::string> read_;
  mutable std::vector<std::string> notes_;
};

// Reads a JSON file of settings. Throws JobError or storage::StorageError.
Config read_config(const std::string& path);

}  // namespace coxswain::jobs
