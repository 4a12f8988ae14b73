#include "jobs/model/tokenizers/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <utility>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// White space spelled out: PCRE's \s under Unicode has U+180E, which the
// tokenizers' own engines do not count.
constexpr std::string_view kSpace =
    "\\t-\\r \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}"
    "\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";

// The expression with \s and \S written out.
std::string with_spaces(std::string_view expression, const std::string& where) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c != '\\' || i + 1 == expression.size()) {
      if (c == '[') in_class = true;
      if (c == ']') in_class = false;
      out += c;
      continue;
    }
    const char escaped = expression[++i];
    if (escaped == 's') {
      out += in_class ? std::string(kSpace) : "[" + std::string(kSpace) + "]";
    } else if (escaped == 'S' && !in_class) {
      out += "[^" + std::string(kSpace) + "]";
    } else if (escaped == 'S') {
      throw JobError({where, "regular expression", "\\S inside [...]",
                      "an expression without it", ""});
    } else {
      out += c;
      out += escaped;
    }
  }
  return out;
}

using MatchData =
    std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

}  // namespace

// PCRE2's compiled expression, whose header nobody else sees.
struct Pattern::Code {
  explicit Code(pcre2_code* compiled) : code(compiled, pcre2_code_free) {}
  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code;
};

Pattern::Pattern(std::string_view expression, const std::string& where) {
  const std::string spelled = with_spaces(expression, where);
  int error = 0;
  PCRE2_SIZE at = 0;
  code_ = std::make_unique<Code>(pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(spelled.data()), spelled.size(),
      PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &at, nullptr));
  if (code_->code == nullptr) {
    PCRE2_UCHAR message[200] = {};
    pcre2_get_error_message(error, message, sizeof message);
    throw JobError({where, "regular expression",
                    std::string(expression.substr(0, 200)),
                    reinterpret_cast<const char*>(message), ""});
  }
  // Only faster: where it can't be compiled, matching works all the same.
  pcre2_jit_compile(code_->code.get(), PCRE2_JIT_COMPLETE);
}

Pattern Pattern::literal(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z') ||
                       (static_cast<unsigned char>(c) & 0x80) != 0;
    if (!plain) quoted += '\\';
    quoted += c;
  }
  return {quoted, ""};
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::vector<Pattern::Match> Pattern::find_all(std::string_view text) const {
  const MatchData match(
      pcre2_match_data_create_from_pattern(code_->code.get(), nullptr),
      pcre2_match_data_free);
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  std::vector<Match> matches;
  for (std::size_t at = 0; at < text.size();) {
    const int found = pcre2_match(code_->code.get(), subject, text.size(), at,
                                  PCRE2_NO_UTF_CHECK, match.get(), nullptr);
    if (found == PCRE2_ERROR_NOMATCH) break;
    if (found < 0) {
      throw JobError({"prompt", "text",
                      "the tokenizer's regular expression gave up (" +
                          std::to_string(found) + ")",
                      "", "shorten it"});
    }
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
    if (range[1] > range[0]) matches.push_back({range[0], range[1]});
    // An empty match must not be found again at its place.
    at = range[1] > at ? range[1] : at + 1;
    while (at < text.size() &&
           (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) {
      ++at;
    }
  }
  return matches;
}

}  // namespace coxswain::jobs
