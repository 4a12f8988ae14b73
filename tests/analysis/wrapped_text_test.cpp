#include "analysis/forms/wrapped_text.hpp"

#include <catch2/catch.hpp>

using coxswain::analysis::wrapped_lines;
using Lines = std::vector<std::string>;

TEST_CASE("words stay whole in lines of a width", "[analysis][wrapped_text]") {
  CHECK(wrapped_lines("one two three four", 9, "", "  ") ==
        Lines{"one two", "  three", "  four"});
  CHECK(wrapped_lines("one two", 7, "", "") == Lines{"one two"});
  CHECK(wrapped_lines("one two", 6, "", "") == Lines{"one", "two"});
}

TEST_CASE("a word that is too long has a line of its own",
          "[analysis][wrapped_text]") {
  CHECK(wrapped_lines("a incomprehensible b", 5, "- ", "  ") ==
        Lines{"- a", "  incomprehensible", "  b"});
  CHECK(wrapped_lines("", 5, "- ", "").empty());
  CHECK(wrapped_lines("a\nb", 5, "", "") == Lines{"a b"});
}
