#include "analysis/forms/gnuplot_text.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

TEST_CASE("text in a script can't leave its quotes",
          "[analysis][gnuplot_text]") {
  CHECK(quoted_for_script("a b") == "'a b'");
  CHECK(quoted_for_script("'; system('ls") == "'’; system(’ls'");
  CHECK(quoted_for_script("a\n!ls") == "'a !ls'");
  // Single quotes expand neither.
  CHECK(quoted_for_script("`ls` \\n") == "'`ls` \\n'");
}

TEST_CASE("marks of axes are formats", "[analysis][gnuplot_text]") {
  CHECK(quoted_mark("50 %s 'x'") == "'50 %%s ’x’'");
}

TEST_CASE("text in data has no quote, escape or column of its own",
          "[analysis][gnuplot_text]") {
  CHECK(quoted_for_data("a \"b\"\tc\\n") == "\"a 'b' c/n\"");
}

TEST_CASE("a comment ends with its line and runs nothing",
          "[analysis][gnuplot_text]") {
  // A backslash at the end would go on in the next line.
  CHECK(comment_text("a `ls` @b\n\\") == "a _ls_ _b _");
}

TEST_CASE("a script spells numbers without the sign of nothing",
          "[analysis][gnuplot_text]") {
  CHECK(spelled_function(2) ==
        "spelled(value) = (digits = sprintf('%.2f', value), "
        "digits eq '-0.00' ? '0.00' : digits)\n");
  CHECK_THAT(spelled_function(0), Catch::Contains("eq '-0' ? '0' :"));
}

TEST_CASE("data has every digit", "[analysis][gnuplot_text]") {
  CHECK(data_number(0.1) == "0.1");
  CHECK(data_number(1.0 / 3) == "0.3333333333333333");
  CHECK(data_number(NAN) == "NaN");
  CHECK(data_number(INFINITY) == "NaN");
}
