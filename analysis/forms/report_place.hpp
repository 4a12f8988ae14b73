#pragma once

#include <cstdint>

namespace coxswain::analysis {

// What a page answers, in its order, behind its first screen.
enum class Question : std::uint8_t { steers, kept, why, data, other };

// Where a table or a kind of figures stands, and a sentence on what to look for
// in it. One without a place stands last, without a sentence.
struct ReportPlace {
  Question question = Question::other;
  const char* look_for = "";
};

}  // namespace coxswain::analysis
