#include "analysis/forms/xml_scanner.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

namespace {

// Tokens in short: <name a=b>, </name>, text, '.' at the end or '!'.
std::string scanned(std::string_view text) {
  XmlScanner scanner(text);
  std::string out;
  for (;;) {
    const XmlToken token = scanner.next();
    if (const auto* tag = std::get_if<XmlTag>(&token)) {
      out += "<" + std::string(tag->name);
      for (const XmlAttribute& attribute : tag->attributes) {
        out += " " + std::string(attribute.name) + "=";
        out += attribute.value;
      }
      out += tag->closed ? "/>" : ">";
    } else if (const auto* end = std::get_if<XmlEnd>(&token)) {
      out += "</" + std::string(end->name) + ">";
    } else if (const auto* words = std::get_if<XmlText>(&token)) {
      out += words->text;
    } else {
      const bool whole = std::get<XmlStop>(token) == XmlStop::finished;
      return out + (whole ? "." : "!");
    }
  }
}

}  // namespace

TEST_CASE("a document is its tags and texts", "[analysis][xml_scanner]") {
  CHECK(scanned("<?xml version='1.0'?><!DOCTYPE svg PUBLIC \"a\"><g a = 'b\"'\n"
                "c:d=\"e>\"><!-- <x> -->t &amp; u<k/></g >") ==
        "<g a=b\" c:d=e>>t &amp; u<k/></g>.");
}

TEST_CASE("what could be read in two ways is malformed",
          "[analysis][xml_scanner]") {
  for (const char* text :
       {"<![CDATA[x]]>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!-- ", "<?xml",
        "< a>", "<>", "<a", "<a ", "<a b>", "<a b=>", "<a b=c>", "<a b='c>",
        "<a b='c'd='e'>", "<a / >", "</>", "</a b>", "</a", "<!ELEMENT a>"}) {
    CAPTURE(text);
    CHECK_THAT(scanned(text), Catch::EndsWith("!"));
  }
  CHECK(scanned("<a><?php x?></a>") == "<a>!");
  CHECK(scanned("<a/><!DOCTYPE b>") == "<a/>!");
}
