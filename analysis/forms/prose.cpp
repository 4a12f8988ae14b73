#include "analysis/forms/prose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/latex_text.hpp"
#include "analysis/forms/wrapped_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kWidth = 100;  // characters of a line

// A paragraph in lines, later ones with another indentation.
std::string wrapped(const std::string& text, const std::string& first,
                    const std::string& later) {
  std::string out;
  for (const std::string& line : wrapped_lines(text, kWidth, first, later)) {
    out += line + "\n";
  }
  return out;
}

// Digests are longer than what a line may stretch by: they can be broken after
// every eighth digit.
std::string with_breaks(const std::string& latex) {
  constexpr std::size_t kDigest = 32, kGroup = 8;
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at < latex.size();) {
    const std::size_t end =
        std::min(latex.find_first_not_of(kDigits, at), latex.size());
    if (end - at < kDigest) {
      out += latex.substr(at, std::max<std::size_t>(end - at, 1));
      at = std::max(end, at + 1);
      continue;
    }
    out += "\\texttt{";
    for (const std::size_t begin = at; at < end; ++at) {
      if (at > begin && (at - begin) % kGroup == 0) out += "\\allowbreak{}";
      out += latex[at];
    }
    out += "}";
  }
  return out;
}

}  // namespace

std::string to_text(const Prose& prose) {
  std::string out = prose.title + "\n";
  for (const std::string& paragraph : prose.paragraphs) {
    out += wrapped(paragraph, "  ", "  ");
  }
  if (!prose.references.empty()) out += "  References\n";
  for (const std::string& reference : prose.references) {
    out += wrapped(reference, "  - ", "    ");
  }
  return out;
}

std::string to_latex(const Prose& prose) {
  std::string out =
      fmt::format("\\paragraph{{{}.}}\n", latex_text(prose.title));
  for (const std::string& paragraph : prose.paragraphs) {
    const std::string plain = latex_text(paragraph);
    const std::string broken = with_breaks(plain);
    // Lines with pieces of a digest may be looser than others.
    out += broken == plain
               ? plain + "\n\n"
               : "{\\emergencystretch=3em\n" + broken + "\\par}\n\n";
  }
  if (prose.references.empty()) return out;
  out += "\\begin{itemize}\n";
  for (const std::string& reference : prose.references) {
    out += fmt::format("\\item {}\n", latex_text(reference));
  }
  return out + "\\end{itemize}\n";
}

std::string to_html(const Prose& prose, const std::string& id) {
  std::string out = fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n", id,
                                html_text(prose.title));
  for (const std::string& paragraph : prose.paragraphs) {
    out += fmt::format("<p>{}</p>\n", html_text(paragraph));
  }
  if (!prose.references.empty()) {
    out += "<ul>\n";
    for (const std::string& reference : prose.references) {
      out += fmt::format("<li>{}</li>\n", html_text(reference));
    }
    out += "</ul>\n";
  }
  return out + "</section>\n";
}

}  // namespace coxswain::analysis
