#include "analysis/forms/html_text.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("a browser shows text and acts on none of it",
          "[analysis][html_text]") {
  CHECK(html_text("plain (ok), 1.5 %") == "plain (ok), 1.5 %");
  CHECK(html_text("<b>&amp;</b>") == "&lt;b&gt;&amp;amp;&lt;/b&gt;");
  CHECK(html_text("\" onclick='x") == "&quot; onclick=&#39;x");
  CHECK(html_text("a\nb\x01") == "a b ");
  CHECK(html_text("\xFF") == "\xEF\xBF\xBD");
}

TEST_CASE("lines stay lines", "[analysis][html_text]") {
  CHECK(html_lines("a = '<'\n\nb\n") == "a = &#39;&lt;&#39;\n\nb\n");
  CHECK(html_lines("a\r\nb") == "a \nb");
  CHECK(html_lines("").empty());
}

TEST_CASE("ids need no escapes", "[analysis][html_text]") {
  CHECK(html_id("figure", "a-b_c.1") == "figure-a-b_c.1");
  CHECK(html_id("t", "\"> <x\xC3\xA4") == "t-____x__");
}
