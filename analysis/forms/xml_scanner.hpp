#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace coxswain::analysis {

// name="value" in a tag.
struct XmlAttribute {
  std::string_view name, value;  // as written, entities and all
};

// A start tag, <name ...>, or an empty element, <name ... />.
struct XmlTag {
  std::string_view name;
  std::vector<XmlAttribute> attributes;
  bool closed = false;  // <name/>
};

// </name>.
struct XmlEnd {
  std::string_view name;
};

// What stands between two tags, white space and all.
struct XmlText {
  std::string_view text;  // as written
};

// The last token of a document: its end, or the place where it is no XML.
enum class XmlStop { finished, malformed };

// What XmlScanner finds next.
using XmlToken = std::variant<XmlTag, XmlEnd, XmlText, XmlStop>;

// The tags and texts of an XML document, in order; comments are passed over,
// and before the first tag a declaration and a DOCTYPE. Strict: whatever a
// browser could read in another way (CDATA, processing instructions, a DOCTYPE
// with declarations, values without quotes) is malformed. That tags match is
// the caller's to check. Views are into the text.
class XmlScanner {
 public:
  explicit XmlScanner(std::string_view text) : left_(text) {}

  XmlToken next();

 private:
  // Whether something was passed over; malformed_ if it has no end.
  bool skip(std::string_view begin, std::string_view end);
  XmlToken tag();
  std::string_view name();
  void blanks();
  bool take(std::string_view sign);

  std::string_view left_;
  bool begun_ = false;  // a tag was seen
  bool malformed_ = false;
};

}  // namespace coxswain::analysis
