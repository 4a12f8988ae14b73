#include "storage/files/utf8.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::storage;

TEST_CASE("bytes of no character are found by their place", "[storage][utf8]") {
  CHECK(first_bad_byte("") == std::string_view::npos);
  CHECK(first_bad_byte("a\u00e9\u20ac\U0001F600") == std::string_view::npos);
  CHECK(first_bad_byte("ab\xff") == 2);
  CHECK(first_bad_byte("a\xe2\x82") == 1);
  CHECK(first_bad_byte("\xc0\xaf") == 0);
  CHECK(first_bad_byte("\xed\xa0\x80") == 0);
  CHECK(first_bad_byte("\xf4\x90\x80\x80") == 0);
}

TEST_CASE("what is not seen is spelled out", "[storage][utf8]") {
  CHECK(in_quotes("a\n\t\r\"\\") == R"("a\n\t\r\"\\")");
  CHECK(in_quotes("\x01\x7f\xff") == R"("\u0001\u007f\xff")");
  CHECK(in_quotes("\u00e9\U0001F600") == "\"\u00e9\U0001F600\"");
  CHECK(in_quotes("a\u202eb\u200b\u0085") == R"("a\u202eb\u200b\u0085")");
  CHECK(in_quotes("\U0001F600abc", 3) == "\"...\"");
  CHECK(in_quotes("abcdef", 4) == "\"abcd...\"");
  CHECK(in_quotes("abcd", 4) == "\"abcd\"");
}

TEST_CASE("the letters A to Z alone have a lower case", "[storage][utf8]") {
  CHECK(in_lower_case("AZ az [@`{ 9") == "az az [@`{ 9");
  CHECK(in_lower_case("\u00c9\U0001F600\xC0") == "\u00c9\U0001F600\xC0");
}
