#include "jobs/model/pre_tokenizer.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <map>

#include "jobs/job_error.hpp"

namespace coxswain::jobs {
namespace {

// White space spelled out: PCRE's \s under Unicode has U+180E, which the
// tokenizers' own engines do not count.
#define SPACE                                          \
  "\\t-\\r \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}" \
  "\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"

constexpr const char* kGpt2 =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" SPACE
    "\\p{L}\\p{N}]+|[" SPACE "]+(?![^" SPACE "])|[" SPACE "]+";
constexpr const char* kSingleDigits = "\\p{N}";

const std::map<std::string, std::vector<const char*>>& rules_by_name() {
  static const std::map<std::string, std::vector<const char*>> rules{
      {"gpt-2", {kGpt2}},
      {"smollm", {kSingleDigits, kGpt2}},
  };
  return rules;
}

using MatchData =
    std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

}  // namespace

struct PreTokenizer::Rule {
  explicit Rule(const char* pattern) : code(nullptr, pcre2_code_free) {
    int error = 0;
    PCRE2_SIZE at = 0;
    code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern),
                             PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP,
                             &error, &at, nullptr));
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
  }

  void split(std::string_view text, std::vector<std::string_view>& out) const {
    const MatchData match(
        pcre2_match_data_create_from_pattern(code.get(), nullptr),
        pcre2_match_data_free);
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    std::size_t at = 0;
    while (at < text.size()) {
      // The first call looked at the whole text.
      const std::uint32_t options = at > 0 ? PCRE2_NO_UTF_CHECK : 0;
      const int found = pcre2_match(code.get(), subject, text.size(), at,
                                    options, match.get(), nullptr);
      if (found == PCRE2_ERROR_NOMATCH) break;
      if (found < 0 &&
          (found > PCRE2_ERROR_UTF8_ERR1 || found < PCRE2_ERROR_UTF8_ERR21)) {
        throw JobError(
            {"prompt", "text",
             "the regular expressions gave up (" + std::to_string(found) + ")",
             "", "shorten it"});
      }
      if (found < 0) {
        throw JobError(
            {"prompt", "text", "not UTF-8", "UTF-8", "convert the data file"});
      }
      const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
      if (range[0] > at) out.push_back(text.substr(at, range[0] - at));
      out.push_back(text.substr(range[0], range[1] - range[0]));
      at = range[1];
    }
    if (at < text.size()) out.push_back(text.substr(at));
  }

  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code;
};

PreTokenizer::PreTokenizer(const std::string& name, const std::string& where) {
  const auto found = rules_by_name().find(name);
  if (found == rules_by_name().end()) {
    std::string known;
    for (const auto& [other, patterns] : rules_by_name()) {
      known += (known.empty() ? "" : ", ") + other;
    }
    throw JobError({where, "tokenizer.ggml.pre", name, "one of " + known, ""});
  }
  for (const char* pattern : found->second) {
    rules_.push_back(std::make_unique<Rule>(pattern));
  }
}

PreTokenizer::~PreTokenizer() = default;
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;

std::vector<std::string_view> PreTokenizer::split(std::string_view text) const {
  std::vector<std::string_view> pieces{text};
  for (const auto& rule : rules_) {
    std::vector<std::string_view> finer;
    for (const std::string_view piece : pieces) rule->split(piece, finer);
    pieces = std::move(finer);
  }
  return pieces;
}

}  // namespace coxswain::jobs
