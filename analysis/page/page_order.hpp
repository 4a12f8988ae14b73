#pragma once

#include <span>

#include "analysis/forms/report_place.hpp"

namespace coxswain::analysis {

// A part of the page: the tables and figures that answer a question.
struct QuestionPart {
  Question question;
  const char* id;       // of its heading
  const char* heading;  // "Does the vector steer?"
};

// In the page's order.
std::span<const QuestionPart> question_parts();

}  // namespace coxswain::analysis
