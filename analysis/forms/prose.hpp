#pragma once

#include <string>
#include <vector>

namespace coxswain::analysis {

// Text of a report that is no table: paragraphs, and what they cite.
struct Prose {
  std::string title;
  std::vector<std::string> paragraphs;  // a line each, however long
  std::vector<std::string> references;  // in alphabetical order
};

// Lines of at most 100 characters, where words allow, indented below the title.
std::string to_text(const Prose& prose);
// For a paper: a \paragraph, and the references as a list.
std::string to_latex(const Prose& prose);
// A section of a page, with the id `id`.
std::string to_html(const Prose& prose, const std::string& id);

}  // namespace coxswain::analysis
