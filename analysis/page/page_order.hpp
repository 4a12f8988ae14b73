#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coxswain::analysis {

// In which order a page answers, behind its first screen.
enum class Question : std::uint8_t { steers, kept, why, data, other };

// A part of the page.
struct QuestionPart {
  Question question;
  const char* id;       // of its heading
  const char* heading;  // "Does the vector steer?"
};
std::span<const QuestionPart> question_parts();

// Where a table or a kind of figures stands, and a sentence on what to look for
// in it. One that is not known stands last, without a sentence.
struct Place {
  Question question = Question::other;
  std::string look_for = "";
};
Place place_of_table(std::string_view name);
Place place_of_figures(std::string_view kind);

}  // namespace coxswain::analysis
