#include "analysis/forms/gnuplot_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kApostrophe = "\xE2\x80\x99";  // U+2019

std::string replaced(std::string_view text, std::string_view what,
                     std::string_view by) {
  std::string out;
  for (const char c : one_line(text)) {
    if (what.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += by;
    }
  }
  return out;
}

}  // namespace

std::string quoted_for_script(std::string_view text) {
  return "'" + replaced(text, "'", kApostrophe) + "'";
}

std::string quoted_mark(std::string_view text) {
  return quoted_for_script(replaced(text, "%", "%%"));
}

std::string quoted_for_data(std::string_view text) {
  return "\"" + replaced(replaced(text, "\\", "/"), "\"", "'") + "\"";
}

std::string comment_text(std::string_view text) {
  // Backquotes and @ could be expanded even here, and a backslash at the end
  // continues a comment.
  return replaced(text, "\\`@", "_");
}

std::string spelled_function(int decimals) {
  return fmt::format(
      "spelled(value) = (digits = sprintf('%.{0}f', value), "
      "digits eq '-{1:.{0}f}' ? '{1:.{0}f}' : digits)\n",
      decimals, 0.0);
}

std::string data_number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "NaN";
}

}  // namespace coxswain::analysis
