#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace coxswain::analysis {

// A text as lines of at most `width` bytes where words allow: the first begins
// with `first`, the others with `later`. Line ends and controls in it are
// blanks. No line of a text without words.
std::vector<std::string> wrapped_lines(const std::string& text,
                                       std::size_t width,
                                       const std::string& first,
                                       const std::string& later);

}  // namespace coxswain::analysis
