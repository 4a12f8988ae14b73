#include "analysis/forms/plain_text.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("text becomes one line of valid UTF-8", "[analysis][plain_text]") {
  CHECK(one_line("güte ☂ 𝄞") == "güte ☂ 𝄞");
  CHECK(one_line("a\nb\tc\x7F\x1B[31m") == "a b c  [31m");
  CHECK(one_line("a\xC2\x85"
                 "b\xE2\x80\xA8"
                 "c") == "a b c");
  // A name that was cut inside a character.
  CHECK(one_line("caf\xC3") == "caf\xEF\xBF\xBD");
  // Overlong, a surrogate, beyond U+10FFFF, a lone continuation.
  CHECK(one_line("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(one_line("\xE0\x80\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(one_line("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(one_line("\xF4\x90\x80\x80").size() == 12);
  CHECK(one_line("\x80") == "\xEF\xBF\xBD");
}

TEST_CASE("long text loses its middle, at characters",
          "[analysis][plain_text]") {
  CHECK(shortened("abcdefghij", 10) == "abcdefghij");
  CHECK(shortened("abcdefghijk", 10) == "abcd...ijk");
  CHECK(shortened("ääääääääääää", 10) == "ääää...äää");
}

TEST_CASE("a part of a file name stays in its folder",
          "[analysis][plain_text]") {
  CHECK(file_name_part("layer_15/width-1k.v2") == "layer_15_width-1k.v2");
  CHECK(file_name_part("../../etc") == "_._.._etc");
  CHECK(file_name_part("") == "_");
  CHECK(file_name_part("-x; $(ls) `ls`") == "-x____ls___ls_");
  CHECK(file_name_part("ä") == "__");
  CHECK(file_name_part(std::string(100, 'x')).size() == 64);
}

TEST_CASE("a field of a CSV file is quoted where it has to be",
          "[analysis][plain_text]") {
  CHECK(csv_field("plain; text") == "plain; text");
  CHECK(csv_field("") == "");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"a\"") == "\"say \"\"a\"\"\"");
  CHECK(csv_field("a\rb") == "\"a\rb\"");
}
