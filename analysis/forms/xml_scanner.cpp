#include "analysis/forms/xml_scanner.hpp"

#include <algorithm>

namespace coxswain::analysis {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_in_name(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == ':' || c == '.';
}

}  // namespace

bool XmlScanner::take(std::string_view sign) {
  if (!left_.starts_with(sign)) return false;
  left_.remove_prefix(sign.size());
  return true;
}

void XmlScanner::blanks() {
  left_.remove_prefix(std::min(left_.find_first_not_of(kBlanks), left_.size()));
}

std::string_view XmlScanner::name() {
  std::size_t size = 0;
  if (!left_.empty() && is_letter(left_[0])) {
    while (size < left_.size() && is_in_name(left_[size])) ++size;
  }
  const std::string_view found = left_.substr(0, size);
  left_.remove_prefix(size);
  return found;
}

bool XmlScanner::skip(std::string_view begin, std::string_view end) {
  if (!take(begin)) return false;
  const std::size_t at = left_.find(end);
  malformed_ = at == std::string_view::npos ||
               (begin == "<!DOCTYPE" &&
                left_.substr(0, at).find('[') != std::string_view::npos);
  if (!malformed_) left_.remove_prefix(at + end.size());
  return true;
}

XmlToken XmlScanner::tag() {
  XmlTag found{name(), {}, false};
  if (found.name.empty()) return XmlStop::malformed;
  for (;;) {
    const std::size_t before = left_.size();
    blanks();
    if (take("/>")) {
      found.closed = true;
      return found;
    }
    if (take(">")) return found;
    const bool apart = left_.size() < before;
    XmlAttribute attribute{name(), {}};
    if (!apart || attribute.name.empty()) return XmlStop::malformed;
    blanks();
    if (!take("=")) return XmlStop::malformed;
    blanks();
    if (left_.empty() || (left_[0] != '"' && left_[0] != '\'')) {
      return XmlStop::malformed;
    }
    const std::size_t end = left_.find(left_[0], 1);
    if (end == std::string_view::npos) return XmlStop::malformed;
    attribute.value = left_.substr(1, end - 1);
    left_.remove_prefix(end + 1);
    found.attributes.push_back(attribute);
  }
}

XmlToken XmlScanner::next() {
  while (skip("<!--", "-->") ||
         (!begun_ && (skip("<?", "?>") || skip("<!DOCTYPE", ">")))) {
    if (malformed_) return XmlStop::malformed;
  }
  if (left_.empty()) return XmlStop::finished;
  if (take("</")) {
    const XmlEnd end{name()};
    blanks();
    return take(">") && !end.name.empty() ? XmlToken(end) : XmlStop::malformed;
  }
  if (take("<")) {
    begun_ = true;
    return tag();
  }
  const XmlText words{left_.substr(0, left_.find('<'))};
  left_.remove_prefix(words.text.size());
  return words;
}

}  // namespace coxswain::analysis
