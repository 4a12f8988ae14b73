#pragma once

#include <string>

#include "analysis/measures/report_choices.hpp"

namespace coxswain::analysis {

// What a reader is told of a report's choices. All are empty where nothing was
// chosen.

// "layer 15", "layers 10 and 15", "method encode".
std::string layers_words(const ReportChoices& choices);
std::string methods_words(const ReportChoices& choices);

// Below the main table: "Named by the sweep before there were data: layer 15
// and method encode. Picked afterwards, so that bands and p are for all of
// them: ..."
std::string choices_note(const ReportChoices& choices);

}  // namespace coxswain::analysis
