#include "analysis/page/html_answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/forms/html_text.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

// Links of one answer; all that it rests on would be longer than itself.
constexpr std::size_t kMostLinks = 3;

// Answers to one question that are seen at once.
constexpr std::size_t kMostAnswers = 3;

struct Looks {
  const char* style;
  const char* word;
};

Looks looks_of(const Answer& answer) {
  if (answer.is_warning) {
    return {answer.shown == Shown::yes ? "weak" : "yes", ""};
  }
  switch (answer.shown) {
    case Shown::yes:
      return {"yes", "Yes"};
    case Shown::no:
      return {"no", "No"};
    case Shown::not_shown:
      return {"unknown", "Not shown"};
  }
  return {"unknown", ""};
}

std::string from(const Answer& answer, const storage::Results& results,
                 Origins& origins) {
  std::string out;
  const std::size_t n = std::min(answer.variants.size(), kMostLinks);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& variant =
        results.variants.at(static_cast<std::size_t>(answer.variants[i]));
    const std::string id = origins.link({answer.variants[i]});
    if (id.empty()) continue;
    out += fmt::format("{}<a href=\"#{}\">{}, {}</a>",
                       out.empty() ? "From " : "; ", id,
                       html_text(variant_name(results, variant)),
                       layer_name(results, variant));
  }
  if (out.empty()) return "";
  if (n < answer.variants.size()) {
    out += fmt::format("; {} more", answer.variants.size() - n);
  }
  return fmt::format(" <span class=\"from\">{}</span>", out);
}

// The word, where it answers the question and the text doesn't begin with it.
std::string worded(const Answer& answer, const Looks& looks) {
  // Whatever is asked may be answered by nothing that these data show.
  const bool yes_or_no = answer.question.starts_with("Does ");
  if ((!yes_or_no && answer.shown != Shown::not_shown) ||
      answer.text.starts_with(looks.word)) {
    return html_text(answer.text);
  }
  return fmt::format("<b>{}.</b> {}", looks.word, html_text(answer.text));
}

}  // namespace

std::string html_answers(const std::vector<Answer>& answers,
                         const storage::Results& results, Origins& origins) {
  std::string out = "<ul class=\"answers\">\n";
  std::size_t asked = 0;  // answers to the question so far
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    const Looks looks = looks_of(answer);
    // A question that several answers have is asked once.
    const bool again = i > 0 && answers[i - 1].question == answer.question;
    const bool last =
        i + 1 == answers.size() || answers[i + 1].question != answer.question;
    asked = again ? asked + 1 : 1;
    if (asked == kMostAnswers + 1) {
      out +=
          "<li class=\"more\"><details><summary>More of them</summary><ul>\n";
    }
    out += fmt::format("<li class=\"{}\">", looks.style);
    if (!again) out += fmt::format("<h3>{}</h3> ", html_text(answer.question));
    out += fmt::format("<p>{}{}</p></li>\n", worded(answer, looks),
                       from(answer, results, origins));
    if (last && asked > kMostAnswers) out += "</ul></details></li>\n";
  }
  return out + "</ul>\n";
}

}  // namespace coxswain::analysis
