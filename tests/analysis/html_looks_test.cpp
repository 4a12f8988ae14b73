#include "analysis/page/html_looks.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("style and script fetch nothing and end nowhere",
          "[analysis][html_looks]") {
  for (const std::string& text : {page_style(), page_script()}) {
    CHECK_THAT(text, !Catch::Contains("</") && !Catch::Contains("://") &&
                         !Catch::Contains("url(") &&
                         !Catch::Contains("@import"));
  }
  for (const char* way : {"innerHTML", "outerHTML", "insertAdjacentHTML",
                          "document.write", "eval", "Function(", "fetch("}) {
    CHECK_THAT(page_script(), !Catch::Contains(way));
  }
}

TEST_CASE("a page is printed light, and nothing of it sticks or is cut",
          "[analysis][html_looks]") {
  const std::string style = page_style();
  const std::string print = style.substr(style.find("@media print"));
  CHECK_THAT(print, Catch::Contains("color-scheme: light") &&
                        Catch::Contains("position: static") &&
                        Catch::Contains("overflow: visible") &&
                        !Catch::Contains("sticky"));
  // Dark colours are for screens alone.
  CHECK_THAT(style,
             Catch::Contains("@media screen and (prefers-color-scheme: dark)"));
}

TEST_CASE("the policy allows the script by its hash",
          "[analysis][html_looks]") {
  CHECK_THAT(page_policy(),
             Catch::StartsWith("default-src 'none'; style-src 'unsafe-inline'; "
                               "script-src 'sha256-") &&
                 !Catch::Contains("http") && !Catch::Contains("script-src *"));
}

TEST_CASE("what can be touched is 24 pixels high, or has as much room",
          "[analysis][html_looks]") {
  // 15 px a rem.
  CHECK_THAT(page_style(), Catch::Contains("font-size: 15px") &&
                               Catch::Contains("td { height: 1.68rem") &&
                               Catch::Contains("min-height: 24px"));
}

TEST_CASE("tables that fit a page are not torn, digests are broken there",
          "[analysis][html_looks]") {
  const std::string style = page_style();
  const std::string print = style.substr(style.find("@media print"));
  CHECK_THAT(print, Catch::Contains(".box:not(.long) table { break-inside") &&
                        Catch::Contains("overflow-wrap: anywhere") &&
                        Catch::Contains(".note:has(+ .figures)"));
}

TEST_CASE("Escape leads back to the link that was followed",
          "[analysis][html_looks]") {
  CHECK_THAT(page_script(), Catch::Contains("\"Escape\"") &&
                                Catch::Contains("followed.focus()"));
}
