#include "storage/texts/json_fault.hpp"

#include <fmt/format.h>

#include "storage/files/utf8.hpp"

namespace coxswain::storage {
namespace {

constexpr const char* kExpected = "one object a line (JSON lines)";
constexpr const char* kPython =
    "that is Python's notation: write the file with json.dumps";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Walks over a text as a JSON parser would, up to what such files have
// that JSON has not.
class Scanner {
 public:
  Scanner(std::string_view text, std::string where, std::string reason)
      : text_(text), where_(std::move(where)), reason_(std::move(reason)) {}

  Fault fault() {
    std::size_t at = text_.find_first_not_of(" \t\r\n");
    if (at == std::string_view::npos) return told("nothing", "");
    if (text_[at] != '{' && text_[at] != '[') {
      return told(in_quotes(text_.substr(at), 40), "");
    }
    while (at < text_.size()) {
      if (!next(at)) return fault_;
    }
    if (depth_ > 0) {
      return told("it does not end in its line",
                  "JSON lines have each object on a line of its own");
    }
    return told(reason_.empty() ? in_quotes(text_, 40) : reason_, "");
  }

 private:
  // Passes over a piece of the text; false where it is at fault.
  bool next(std::size_t& at) {
    const char c = text_[at];
    if (depth_ == 0 && ended_ &&
        std::string_view(" \t\r\n").find(c) == std::string_view::npos) {
      return wrong("more behind its end: " + in_quotes(text_.substr(at), 40),
                   "");
    }
    if (c == '"') return pass_text(at);
    if (is_word(c)) return pass_word(at);
    if (c == '\'') return wrong("single quotes", kPython);
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') {
      if (comma_) return wrong("a comma before its end", "take it out");
      ended_ = --depth_ <= 0;
    }
    if (c == ':') key_ = last_;
    if (c == ',') key_ = {};
    if (c != ' ' && c != '\t') comma_ = c == ',';
    ++at;
    return true;
  }

  bool pass_text(std::size_t& at) {
    const std::size_t begin = ++at;
    for (; at < text_.size() && text_[at] != '"'; ++at) {
      const auto byte = static_cast<unsigned char>(text_[at]);
      if (byte < 0x20) {
        return wrong(
            fmt::format("a control character (0x{:02x}) in a text", byte),
            fmt::format("write it as \\u{:04x}", byte));
      }
      if (byte != '\\') continue;
      if (++at < text_.size() &&
          std::string_view("\"\\/bfnrtu").find(text_[at]) ==
              std::string_view::npos) {
        return wrong(in_quotes(text_.substr(at - 1, 2)) + " in a text",
                     "a backslash is written as two");
      }
    }
    if (at >= text_.size()) {
      return wrong("a text that does not end in its line",
                   "line ends in texts are written as \\n");
    }
    last_ = text_.substr(begin, at - begin);
    comma_ = false;
    ++at;
    return true;
  }

  bool pass_word(std::size_t& at) {
    const std::size_t begin = at;
    while (at < text_.size() && is_word(text_[at])) ++at;
    const std::string_view word = text_.substr(begin, at - begin);
    comma_ = false;
    // The e of a number's exponent.
    if (word == "true" || word == "false" || word == "null" || word == "e" ||
        word == "E") {
      return true;
    }
    if (word == "NaN" || word == "Infinity") {
      return wrong(std::string(word) + ", which JSON does not have",
                   "write null, or leave the key out");
    }
    if (word == "True" || word == "False" || word == "None") {
      return wrong(std::string(word), kPython);
    }
    return wrong(in_quotes(word, 40) + " without quotation marks", "");
  }

  bool wrong(const std::string& found, const std::string& remedy) {
    fault_ = told(found, remedy);
    return false;
  }

  Fault told(const std::string& found, const std::string& remedy) const {
    return {where_, key_.empty() ? "" : in_quotes(key_, 40),
            "not a JSON object: " + found, kExpected, remedy};
  }

  std::string_view text_;
  std::string where_, reason_;
  std::string_view last_, key_;  // the last text, the key of what is read
  int depth_ = 0;
  bool ended_ = false, comma_ = false;
  Fault fault_;
};

}  // namespace

Fault json_fault(std::string_view text, const std::string& where,
                 const std::string& reason) {
  return Scanner(text, where, reason).fault();
}

}  // namespace coxswain::storage
