#include "storage/texts/json_entries.hpp"

#include <algorithm>
#include <array>

#include "storage/files/fault.hpp"
#include "storage/files/json_text.hpp"
#include "storage/files/utf8.hpp"
#include "storage/texts/json_fault.hpp"

namespace coxswain::storage {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kMark = "\xEF\xBB\xBF";

bool is_space(int c) {
  return c >= 0 && kSpace.find(static_cast<char>(c)) != std::string_view::npos;
}

// The first two characters that are no white space; zeros where there are none.
std::array<char, 2> first_two(std::string_view head) {
  std::array<char, 2> two{};
  std::size_t n = 0;
  for (const char c : head) {
    if (is_space(static_cast<unsigned char>(c))) continue;
    two[n++] = c;
    if (n == two.size()) break;
  }
  return two;
}

JsonEntry entry_of(std::string_view text, std::int64_t number,
                   const std::string& where) {
  try {
    return {parse_json(text, where), number, where};
  } catch (const StorageError& error) {
    // A parser of JSON tells the column; people want the key and the reason.
    const std::string& found = error.fault().found;
    const std::size_t reason = found.rfind(" - ");
    throw StorageError(json_fault(
        text, where,
        reason == std::string::npos ? found : found.substr(reason + 3)));
  }
}

// Gathers one element of an array, byte by byte, up to the comma or bracket
// behind it.
class Element {
 public:
  // False if `c` is the comma or bracket that ends the element.
  bool add(char c) {
    if (in_text_) {
      in_text_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_text_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (depth_ == 0 && (c == ',' || c == ']')) {
      return false;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
    text_ += c;
    return true;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::int64_t depth_ = 0;
  bool in_text_ = false, escaped_ = false;
};

}  // namespace

bool begins_as_json(std::string_view head) {
  const auto [first, second] = first_two(head);
  return (first == '{' && (second == '"' || second == '}')) ||
         (first == '[' && (second == '{' || second == '"'));
}

bool is_named_json(std::string_view path) {
  const std::string name = in_lower_case(path.substr(path.rfind('/') + 1));
  for (const char* ending : {".json", ".jsonl", ".ndjson", ".jsonlines"}) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

JsonEntries::JsonEntries(TextFile& file)
    : file_(file), array_(first_two(file.head())[0] == '[') {
  if (!array_) return;
  while (file_.get() != '[') {
  }
}

std::optional<JsonEntry> JsonEntries::next() {
  return array_ ? next_element() : next_line();
}

std::optional<JsonEntry> JsonEntries::next_line() {
  for (std::string line; file_.next(line);) {
    std::string_view text = line;
    // Files that were put together have marks inside.
    if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
    if (text.find_first_not_of(kSpace) == std::string_view::npos) continue;
    return entry_of(text, file_.line() - 1, file_.where());
  }
  return std::nullopt;
}

std::optional<JsonEntry> JsonEntries::next_element() {
  if (ended_) return std::nullopt;
  int c = file_.get();
  while (is_space(c)) c = file_.get();
  const std::string where = file_.where();
  Element element;
  for (; c >= 0 && element.add(static_cast<char>(c)); c = file_.get()) {
    if (element.text().size() > kLongestText) {
      throw StorageError(
          {where, "", "an element of more than 64 MiB", "one text each", ""});
    }
  }
  if (c < 0) {
    throw StorageError(
        {file_.path(), "", "an array without its end", "]", "the file is cut"});
  }
  if (c == ']') require_end(file_.get());
  const std::string& text = element.text();
  if (text.empty()) {
    if (ended_ && elements_ == 0) return std::nullopt;
    throw StorageError({where, "", "a comma without an element",
                        "one object after the other", "take it out"});
  }
  require_utf8(text, where);
  return entry_of(text, elements_++, where);
}

void JsonEntries::require_end(int c) {
  ended_ = true;
  while (is_space(c)) c = file_.get();
  if (c < 0) return;
  throw StorageError({file_.where(), "", "more behind the array's end",
                      "one array, or one object a line (JSON lines)",
                      "keep one value in a file"});
}

std::string described(const nlohmann::json& value) {
  using Kind = nlohmann::json::value_t;
  const auto shown = [&](const char* kind) {
    std::string text =
        value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() > 60) {
      text = text.substr(0, 60);
      text.resize(std::min(text.size(), first_bad_byte(text)));
      text += "...";
    }
    return text + ", " + kind;
  };
  switch (value.type()) {
    case Kind::null:
      return "null";
    case Kind::object:
      return shown("an object");
    case Kind::array:
      return shown("a list");
    case Kind::boolean:
      return shown("a truth value");
    case Kind::string:
      return in_quotes(value.get_ref<const std::string&>(), 60);
    default:
      return shown("a number");
  }
}

}  // namespace coxswain::storage
