#include "runner/sweep/choice_axes.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("a choice is one line, in the order of a sweep",
          "[runner][choice_axes]") {
  CHECK(line_of({}).empty());
  CellChoice choice;
  choice.multipliers = {0.5, 1};
  choice.operations = {"rotate"};
  choice.variants = {"original"};
  CHECK(line_of(choice) ==
        "variant=original operation=rotate multiplier=0.5,1");
}
