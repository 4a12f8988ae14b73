#include "analysis/forms/latex_text.hpp"

#include <algorithm>
#include <iterator>
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
  return out;
}

}  // namespace coxswain::analysis
