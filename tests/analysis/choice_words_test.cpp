#include "analysis/measures/choice_words.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("a note says what was named, and what was picked afterwards",
          "[analysis][choice_words]") {
  ReportChoices choices;
  CHECK(choices_note(choices).empty());
  // How a table looks is nothing that numbers are selected by.
  choices.columns = {"slope"};
  choices.decimals = 2;
  CHECK(choices_note(choices).empty());
  choices.layers.values = {10, 15};
  choices.methods.values = {"encode"};
  CHECK(layers_words(choices) == "layers 10 and 15");
  CHECK(methods_words(choices) == "method encode");
  CHECK(choices_note(choices) ==
        "Named by the sweep: layers 10 and 15 and method encode.");
  choices.contrasts = {{"reconstruction", "positive"}, true};
  CHECK(choices_note(choices) ==
        "Named by the sweep: layers 10 and 15 and method encode. Picked "
        "afterwards: contrasts reconstruction and positive; bands and p are "
        "for all that could have been picked.");
  choices = {};
  choices.layers = {{15}, true};
  CHECK(choices_note(choices) ==
        "Picked afterwards: layer 15; bands and p are for all that could have "
        "been picked.");
}
