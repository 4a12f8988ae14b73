#include "analysis/forms/latex_text.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("LaTeX prints text and runs none of it", "[analysis][latex_text]") {
  CHECK(latex_text("plain (ok), 1.5") == "plain (ok), 1.5");
  CHECK(latex_text("\\input{x}") == "\\textbackslash{}input\\{x\\}");
  CHECK(latex_text("a_b^c~d") ==
        "a\\_b\\textasciicircum{}c\\textasciitilde{}d");
  CHECK(latex_text("50 % & $5 #1") == "50 \\% \\& \\$5 \\#1");
  CHECK(latex_text("|v| < 1 > `") ==
        "\\textbar{}v\\textbar{} \\textless{} 1 \\textgreater{} "
        "\\textasciigrave{}");
}

TEST_CASE("signs are no ligatures and begin no argument",
          "[analysis][latex_text]") {
  CHECK(latex_text("--") == "-{}-");
  CHECK(latex_text("---") == "-{}-{}-");
  CHECK(latex_text("+-") == "+-");
  CHECK(latex_text("''") == "{'}{'}");
  CHECK(latex_text("[2pt]") == "{[}2pt]");
  CHECK(latex_text("*") == "{*}");
  CHECK(latex_text("a\nb") == "a b");
}

TEST_CASE("a line's end in a context is drawn", "[analysis][latex_text]") {
  CHECK(latex_text("a \xE2\x86\xB5 b \xFF") == "a $\\hookleftarrow$ b {?}");
  CHECK(latex_text("\xC3\xA9") == "\xC3\xA9");
}
