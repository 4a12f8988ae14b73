#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "storage/texts/text_file.hpp"

namespace coxswain::storage {

// One value of a file of JSON.
struct JsonEntry {
  nlohmann::json value;
  std::int64_t number = 0;  // its line, or its place in the array, from 0
  std::string where;        // file and line (from 1), for messages
};

// Whether JSON begins so: an object or a list of objects or texts. Prose that
// begins with a bracket does not.
bool begins_as_json(std::string_view head);
// Whether a name says JSON: .json, .jsonl, .ndjson.
bool is_named_json(std::string_view path);

// The values of a file, one after the other and one in memory at a time: those
// of its lines (JSON lines; blank ones are passed over), or the elements of the
// one array that it holds; which of both is told by the file's content. Throws
// StorageError with file, line, key and reason for what is not JSON.
class JsonEntries {
 public:
  explicit JsonEntries(TextFile& file);

  std::optional<JsonEntry> next();  // nullopt behind the last one
  bool is_array() const { return array_; }

 private:
  std::optional<JsonEntry> next_line();
  std::optional<JsonEntry> next_element();
  void require_end(int c);

  TextFile& file_;
  bool array_;
  bool ended_ = false;         // the array
  std::int64_t elements_ = 0;  // so far
};

// What a value is, in words: "3, a number", "null".
std::string described(const nlohmann::json& value);

}  // namespace coxswain::storage
