#include "analysis/forms/inline_svg.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

namespace {

const std::string kBegin =
    "<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n"
    "<svg \n width=\"642\" height=\"604\"\n viewBox=\"0 0 642 604\"\n"
    " xmlns=\"http://www.w3.org/2000/svg\"\n"
    " xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n>";

std::optional<InlineSvg> drawn(const std::string& inside) {
  return inline_svg(kBegin + inside + "</svg>\n", "f7-");
}

std::string content(const std::string& inside) {
  const auto drawing = drawn(inside);
  return drawing ? drawing->content : "refused";
}

}  // namespace

TEST_CASE("a drawing of gnuplot stands in a page as it was drawn",
          "[analysis][inline_svg]") {
  const auto drawing = drawn(
      "\n<title>Gnuplot</title>\n<desc>Produced by GNUPLOT</desc>\n"
      "<g stroke='black' class=\"gridline\"><path d='M1,2 L3,4'/>"
      "<text xml:space=\"preserve\"> a &lt; <tspan dy=\"1px\">b</tspan></text>"
      "</g>");
  REQUIRE(drawing);
  CHECK(drawing->width == 642);
  CHECK(drawing->height == 604);
  CHECK(drawing->content ==
        "\n\n\n<g stroke=\"black\"><path d=\"M1,2 L3,4\"/>"
        "<text xml:space=\"preserve\"> a &lt; <tspan dy=\"1px\">b</tspan>"
        "</text></g>");
}

TEST_CASE("ids of two drawings in a page differ, and what points at them",
          "[analysis][inline_svg]") {
  CHECK(content("<defs><circle id='gpDot' r='1'/></defs>"
                "<use xlink:href='#gpDot'/><use href=\"#gpDot\"/>"
                "<g clip-path=\"url(#a)\" fill='url(#b) red'></g>") ==
        "<defs><circle id=\"f7-gpDot\" r=\"1\"/></defs>"
        "<use href=\"#f7-gpDot\"/><use href=\"#f7-gpDot\"/>"
        "<g clip-path=\"url(#f7-a)\" fill=\"url(#f7-b) red\"></g>");
}

TEST_CASE("titles, styles and unknown attributes are left out",
          "[analysis][inline_svg]") {
  CHECK(content("<g id=\"p\" ><title>gnuplot_plot_1 &lt;i&gt;</title></g>"
                "<g style='filter:url(#t)' data-x=\"1\" tabindex='0'/>"
                "loose words") == "<g id=\"f7-p\"></g><g/>");
}

TEST_CASE("what acts, embeds or fetches is refused whole",
          "[analysis][inline_svg]") {
  for (const char* inside : {"<script>alert(1)</script>",
                             "<SCRIPT/>",
                             "<g onload='alert(1)'/>",
                             "<g ONCLICK=\"x\"/>",
                             "<foreignObject><p>x</p></foreignObject>",
                             "<p>x</p>",
                             "<image href='data:image/png;base64,AA=='/>",
                             "<style>g{}</style>",
                             "<a href='#x'>x</a>",
                             "<animate attributeName='href'/>",
                             "<set attributeName='onclick'/>",
                             "<svg></svg>",
                             "<use href='https://example.org/x.svg#a'/>",
                             "<use xlink:href='data:x'/>",
                             "<use XLINK:HREF='//x'/>",
                             "<g fill='url(https://example.org)'/>",
                             "<g fill='URL(//x)'/>",
                             "<g fill='u\\72l(//x)'/>",
                             "<g fill='&#117;rl(//x)'/>",
                             "<g fill='url(#a'/>",
                             "<g id='a\"b'/>",
                             "<g id='a b'/>",
                             "<title><script>x</script></title>",
                             "<title><g/></title>",
                             "<text><![CDATA[<script>]]></text>",
                             "<text>a</g>",
                             "<g>",
                             "</g>"}) {
    CAPTURE(inside);
    CHECK_FALSE(drawn(inside));
  }
}

TEST_CASE("what is no SVG, or more than one, is refused",
          "[analysis][inline_svg]") {
  CHECK_FALSE(inline_svg("", "f"));
  CHECK_FALSE(inline_svg("<html></html>", "f"));
  CHECK_FALSE(inline_svg("<svg viewBox='0 0 10 10'/>", "f"));
  CHECK_FALSE(inline_svg("<svg width='10' height='10'></svg>", "f"));
  CHECK_FALSE(inline_svg("<svg viewBox='0 0 0 1e9'></svg>", "f"));
  CHECK_FALSE(inline_svg("<svg viewBox='0 0 9 9' onload='x'></svg>", "f"));
  CHECK_FALSE(inline_svg(kBegin + "</svg><svg></svg>", "f"));
  CHECK_FALSE(inline_svg(kBegin + "</svg>words", "f"));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<g>";
  for (int i = 0; i < 1000; ++i) deep += "</g>";
  CHECK_FALSE(drawn(deep));
}
