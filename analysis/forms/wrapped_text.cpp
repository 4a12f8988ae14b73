#include "analysis/forms/wrapped_text.hpp"

#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {

std::vector<std::string> wrapped_lines(const std::string& text,
                                       std::size_t width,
                                       const std::string& first,
                                       const std::string& later) {
  const std::string words = one_line(text);
  std::vector<std::string> lines;
  std::string line = first;
  bool begun = false;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t end = words.find(' ', at);
    if (end == std::string::npos) end = words.size();
    const std::string word = words.substr(at, end - at);
    at = end + 1;
    if (begun && line.size() + 1 + word.size() > width) {
      lines.push_back(line);
      line = later;
      begun = false;
    }
    line += (begun ? " " : "") + word;
    begun = true;
  }
  if (begun) lines.push_back(line);
  return lines;
}

}  // namespace coxswain::analysis
