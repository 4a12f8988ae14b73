#pragma once

#include <string>
#include <string_view>

namespace coxswain::analysis {

// Text as a browser shows it, whatever it holds: between tags and in quoted
// attributes alike. In one line.
std::string html_text(std::string_view text);

// html_text() of a text of several lines, which it keeps: for <pre>.
std::string html_lines(std::string_view text);

// What a link goes to, and the id of what it means: letters, digits, '-', '_'
// and '.' alone.
std::string html_id(std::string_view kind, std::string_view name);

}  // namespace coxswain::analysis
