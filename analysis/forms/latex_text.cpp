#include "analysis/forms/latex_text.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::pair<char, std::string_view> kSpelled[] = {
    {'\\', "\\textbackslash{}"},
    {'{', "\\{"},
    {'}', "\\}"},
    {'$', "\\$"},
    {'&', "\\&"},
    {'#', "\\#"},
    {'%', "\\%"},
    {'_', "\\_"},
    {'^', "\\textasciicircum{}"},
    {'~', "\\textasciitilde{}"},
    {'<', "\\textless{}"},
    {'>', "\\textgreater{}"},
    {'|', "\\textbar{}"},
    {'`', "\\textasciigrave{}"},
    {'\'', "{'}"},  // two would be one closing quote
    {'"', "{''}"},  // active in some of babel's languages
    {'[', "{[}"},   // after the \\ of the row before, these two
    {'*', "{*}"},   // would be its argument
};

// Signs beyond ASCII that text of ours has: a line's end in a context, and what
// stands for bytes that are no UTF-8.
constexpr std::pair<std::string_view, std::string_view> kOurs[] = {
    {"\xE2\x86\xB5", "$\\hookleftarrow$"}, {"\xEF\xBF\xBD", "{?}"}};

std::string with_ours(std::string text) {
  for (const auto& [sign, latex] : kOurs) {
    for (std::size_t at = text.find(sign); at != std::string::npos;
         at = text.find(sign, at + latex.size())) {
      text.replace(at, sign.size(), latex);
    }
  }
  return text;
}

}  // namespace

std::string latex_text(std::string_view text) {
  std::string out;
  char before = 0;
  for (const char c : one_line(text)) {
    // Two or three in a row would be drawn as one long dash.
    if (c == '-' && before == '-') out += "{}";
    const auto* other = std::ranges::find(
        kSpelled, c, [](const auto& one) { return one.first; });
    if (other == std::end(kSpelled)) {
      out += c;
    } else {
      out += other->second;
    }
    before = c;
  }
  return with_ours(std::move(out));
}

}  // namespace coxswain::analysis
